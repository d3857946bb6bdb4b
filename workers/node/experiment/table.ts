// The leave-one-domain-out table with bootstrap intervals over test pictures.
import { countConfusion, classificationMetrics, type Judgement } from '../../../src/shared/metrics/classification.ts';
import { bootstrapInterval } from '../../../src/shared/metrics/bootstrap.ts';
import type { LodoCell } from './lodo.ts';

/** F1 of fake, unparsed answers counted as errors. */
function f1Of(answers: readonly Judgement[]): number {
  return classificationMetrics(countConfusion(answers), 'unparsed_wrong').f1 ?? 0;
}

const answersOf = ({ labels, predictions, domain }: LodoCell): Judgement[] =>
  labels.map((label, i) => ({ label, predict: predictions[i] ?? null, domain }));

/** F1 of a cell as the table shows it. */
export function cellF1(cell: LodoCell): number {
  return f1Of(answersOf(cell));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Mean over the seeds with the 95 % interval over pictures of all seeds' answers. */
function cellText(cells: readonly LodoCell[]): string {
  if (cells.length === 0) return '';
  const interval = bootstrapInterval(cells.flatMap(answersOf), (sample) => f1Of(sample), { seed: 42, resamples: 1000 });
  const value = mean(cells.map(cellF1));
  return `${(100 * value).toFixed(1)}${interval ? ` [${(100 * interval.low).toFixed(1)}, ${(100 * interval.high).toFixed(1)}]` : ''}`;
}

/** Markdown: a row for each method, a column for each held-out domain, F1 x 100. */
export function lodoTable(cells: readonly LodoCell[]): string {
  const domains = [...new Set(cells.map(({ domain }) => domain))];
  const methods = [...new Set(cells.map(({ method }) => method))];
  const rows = methods.map((method) => {
    const of = (domain: string): LodoCell[] => cells.filter((cell) => cell.method === method && cell.domain === domain);
    const average = mean(domains.map((domain) => mean(of(domain).map(cellF1))));
    return `| ${method} | ${domains.map((domain) => cellText(of(domain))).join(' | ')} | **${(100 * average).toFixed(1)}** |`;
  });
  return [`| held-out F1 | ${domains.join(' | ')} | avg |`, `|---|${domains.map(() => '--:|').join('')}--:|`, ...rows].join('\n');
}

/** One test picture with the answers of the supervised start and of a method's runs, one a seed. */
interface PairedPicture {
  domain: string;
  start: Judgement;
  later: Judgement[];
}

function pairedPictures(cells: readonly LodoCell[], method: string): PairedPicture[] {
  return cells
    .filter((cell) => cell.method === 'SFT')
    .flatMap((start) => {
      const runs = cells.filter((cell) => cell.method === method && cell.domain === start.domain).map(answersOf);
      return answersOf(start).map((answer, i) => ({ domain: start.domain, start: answer, later: runs.flatMap((run) => run[i] ?? []) }));
    });
}

/** Mean over domains and seeds of F1(method) - F1(start); null where a domain is not among the pictures. */
function gainOf(pictures: readonly PairedPicture[], domains: readonly string[]): number | null {
  const gains = domains.map((domain) => {
    const own = pictures.filter((picture) => picture.domain === domain);
    const seeds = own[0]?.later.map((_, seed) => f1Of(own.flatMap(({ later }) => later[seed] ?? []))) ?? [];
    return mean(seeds) - f1Of(own.map(({ start }) => start));
  });
  return pictures.length === 0 ? null : mean(gains);
}

/** Gain of every method over the supervised start, on average over domains and seeds; intervals over pictures, not over trainings. */
export function averageGain(cells: readonly LodoCell[]): string {
  const domains = [...new Set(cells.map(({ domain }) => domain))];
  const methods = [...new Set(cells.map(({ method }) => method))].filter((method) => method !== 'SFT');
  return methods
    .map((method) => {
      const pictures = pairedPictures(cells, method);
      const interval = bootstrapInterval(pictures, (sample) => gainOf(sample, domains), { seed: 42, resamples: 1000 });
      const range = interval ? ` [${(100 * interval.low).toFixed(1)}, ${(100 * interval.high).toFixed(1)}]` : '';
      return `${method}: ${(100 * (gainOf(pictures, domains) ?? 0)).toFixed(1)}${range} F1 points over SFT`;
    })
    .join('\n');
}
