// The leave-one-domain-out table with bootstrap intervals over test pictures.
import { countConfusion, classificationMetrics, type Judgement } from '../../../src/shared/metrics/classification.ts';
import { bootstrapInterval } from '../../../src/shared/metrics/bootstrap.ts';
import type { LodoCell } from './lodo.ts';

/** F1 of fake, unparsed answers counted as errors. */
function f1Of(answers: readonly Judgement[]): number {
  return classificationMetrics(countConfusion(answers), 'unparsed_wrong').f1 ?? 0;
}

const answersOf = ({ labels, predictions, domain }: LodoCell): Judgement[] => labels.map((label, i) => ({ label, predict: predictions[i] ?? null, domain }));

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Mean over the seeds with the 95 % interval over pictures of all seeds' answers. */
function cellText(cells: readonly LodoCell[]): string {
  if (cells.length === 0) return '';
  const interval = bootstrapInterval(cells.flatMap(answersOf), (sample) => f1Of(sample), { seed: 42, resamples: 1000 });
  const value = mean(cells.map((cell) => f1Of(answersOf(cell))));
  return `${(100 * value).toFixed(1)}${interval ? ` [${(100 * interval.low).toFixed(1)}, ${(100 * interval.high).toFixed(1)}]` : ''}`;
}

/** Markdown: a row for each method, a column for each held-out domain, F1 x 100. */
export function lodoTable(cells: readonly LodoCell[]): string {
  const domains = [...new Set(cells.map(({ domain }) => domain))];
  const methods = [...new Set(cells.map(({ method }) => method))];
  const rows = methods.map((method) => {
    const of = (domain: string): LodoCell[] => cells.filter((cell) => cell.method === method && cell.domain === domain);
    const average = mean(domains.map((domain) => mean(of(domain).map((cell) => f1Of(answersOf(cell))))));
    return `| ${method} | ${domains.map((domain) => cellText(of(domain))).join(' | ')} | **${(100 * average).toFixed(1)}** |`;
  });
  return [`| held-out F1 | ${domains.join(' | ')} | avg |`, `|---|${domains.map(() => '--:|').join('')}--:|`, ...rows].join('\n');
}

/** Gain of every method over the supervised start, on average over domains and seeds. */
export function averageGain(cells: readonly LodoCell[]): string {
  const domains = [...new Set(cells.map(({ domain }) => domain))];
  const of = (method: string): number => mean(domains.map((domain) => mean(cells.filter((cell) => cell.method === method && cell.domain === domain).map((cell) => f1Of(answersOf(cell))))));
  const start = of('SFT');
  const methods = [...new Set(cells.map(({ method }) => method))].filter((method) => method !== 'SFT');
  return methods.map((method) => `${method}: ${(100 * (of(method) - start)).toFixed(1)} F1 points over SFT`).join('\n');
}
