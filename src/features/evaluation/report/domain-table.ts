// The per-domain table as text for a paper. Pure.
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { plainEstimate, type TextTable } from '../../../shared/formats/table-text.ts';
import { hasSpread } from '../../../shared/metrics/bootstrap.ts';
import { domainScope, intervalKey, type Intervals } from '../../../shared/metrics/intervals.ts';
import { acrossDomains, DOMAIN_METRICS, type DomainKey } from '../../../shared/metrics/domains.ts';
import type { Report } from './report.ts';

const columnName = ({ label, percent }: (typeof DOMAIN_METRICS)[number]): string => (percent ? `${label}, %` : label);

/** Folders may have the names of the last rows: those stand in the table with what they are. */
const rowName = (domain: string): string => (domain === 'average' || domain === 'worst' ? `${domain} (domain)` : domain);

/** Domains, then average and worst; 95 % intervals in brackets where they were computed. */
export function domainTable(record: EvalRecord, { domains, samples }: Report, intervals: Intervals): TextTable {
  const cells = (scope: string, values: Record<DomainKey, number | null>) =>
    DOMAIN_METRICS.map(({ key, name, percent }) => {
      const interval = intervals[intervalKey(name, scope)];
      return plainEstimate(values[key], interval && hasSpread(interval) ? interval : undefined, percent);
    });
  return {
    caption: `${record.modelName} on ${record.datasetName}${record.synthetic ? ' (synthetic)' : ''}; fake is the positive class, parsed answers only, 95 % bootstrap intervals`,
    columns: ['domain', 'images', ...DOMAIN_METRICS.map(columnName)],
    rows: [
      ...domains.map((row) => [rowName(row.domain), row.n, ...cells(domainScope(row.domain), row)]),
      ['average', samples.length, ...cells('average', acrossDomains(domains, 'average'))],
      ['worst', null, ...cells('worst', acrossDomains(domains, 'worst'))],
    ],
  };
}
