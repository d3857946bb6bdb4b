// The per-domain table as text for a paper. Pure.
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { plainEstimate, type TextTable } from '../../../shared/formats/table-text.ts';
import { intervalKey, type Intervals } from '../../../shared/metrics/intervals.ts';
import { acrossDomains, type DomainKey, type Report } from './report.ts';

const COLUMNS: { key: DomainKey; name: string; label: string; percent: boolean }[] = [
  { key: 'acc', name: 'accuracy', label: 'Acc, %', percent: true },
  { key: 'precision', name: 'precision', label: 'P, %', percent: true },
  { key: 'recall', name: 'recall', label: 'R, %', percent: true },
  { key: 'f1', name: 'f1', label: 'F1, %', percent: true },
  { key: 'auc', name: 'auc', label: 'AUC', percent: false },
  { key: 'coverage', name: 'coverage', label: 'coverage, %', percent: true },
];

/** Domains, then average and worst; 95 % intervals in brackets where they were computed. */
export function domainTable(record: EvalRecord, { domains, samples }: Report, intervals: Intervals): TextTable {
  const cells = (domain: string, values: Record<DomainKey, number | null>) =>
    COLUMNS.map(({ key, name, percent }) => plainEstimate(values[key], intervals[intervalKey(name, domain)], percent));
  return {
    caption: `${record.modelName} on ${record.datasetName}${record.synthetic ? ' (synthetic)' : ''}; fake is the positive class, parsed answers only, 95 % bootstrap intervals`,
    columns: ['domain', 'images', ...COLUMNS.map(({ label }) => label)],
    rows: [
      ...domains.map((row) => [row.domain, row.n, ...cells(row.domain, row)]),
      ['average', samples.length, ...cells('average', acrossDomains(domains, 'average'))],
      ['worst', null, ...cells('worst', acrossDomains(domains, 'worst'))],
    ],
  };
}
