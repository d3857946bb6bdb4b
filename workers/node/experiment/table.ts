// The leave-one-domain-out table with bootstrap intervals over test pictures.
import { countConfusion, classificationMetrics, type Judgement } from '../../../src/shared/metrics/classification.ts';
import { bootstrapInterval } from '../../../src/shared/metrics/bootstrap.ts';
import type { LodoCell } from './lodo.ts';

/** What the tables read of a cell; `domain` may be any name of a fold. */
export type TableCell = Pick<LodoCell, 'method' | 'seed' | 'labels' | 'predictions' | 'trueClaims'> & { domain: string };

/** F1 of fake, unparsed answers counted as errors. */
function f1Of(answers: readonly Judgement[]): number {
  return classificationMetrics(countConfusion(answers), 'unparsed_wrong').f1 ?? 0;
}

const answersOf = ({ labels, predictions, domain }: TableCell): Judgement[] =>
  labels.map((label, i) => ({ label, predict: predictions[i] ?? null, domain }));

/** F1 of a cell as the table shows it. */
export function cellF1(cell: TableCell): number {
  return f1Of(answersOf(cell));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Mean over the seeds with its 95 % interval over pictures: a picture is drawn with the answers of all seeds. */
function cellText(cells: readonly TableCell[]): string {
  const runs = cells.map(answersOf);
  const pictures = (runs[0] ?? []).map((_, i) => runs.flatMap((run) => run[i] ?? []));
  if (pictures.length === 0) return '';
  const interval = bootstrapInterval(pictures, seedMeanF1, { seed: 42, resamples: 1000 });
  const range = interval ? ` [${(100 * interval.low).toFixed(1)}, ${(100 * interval.high).toFixed(1)}]` : '';
  return `${(100 * seedMeanF1(pictures)).toFixed(1)}${range}`;
}

const domainsOf = (cells: readonly TableCell[]): string[] => [...new Set(cells.map(({ domain }) => domain))];

/** Markdown: a row for each method, a column for each held-out domain, F1 x 100. */
export function lodoTable(cells: readonly TableCell[]): string {
  const average = (own: readonly TableCell[]): string =>
    `**${(100 * mean(domainsOf(own).map((domain) => mean(own.filter((cell) => cell.domain === domain).map(cellF1))))).toFixed(1)}**`;
  return table('held-out F1', cells, cellText, average);
}

/** @param average of all cells of a row, for a last column; none without it */
function table(
  title: string,
  cells: readonly TableCell[],
  text: (own: readonly TableCell[]) => string,
  average?: (own: readonly TableCell[]) => string,
): string {
  const domains = domainsOf(cells);
  const rows = [...new Set(cells.map(({ method }) => method))].map((method) => {
    const row = cells.filter((cell) => cell.method === method);
    return [method, ...domains.map((domain) => text(row.filter((cell) => cell.domain === domain))), ...(average ? [average(row)] : [])];
  });
  const head = [title, ...domains, ...(average ? ['avg'] : [])];
  return [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** One test picture with the answers of two methods' runs, one a seed. */
interface PairedPicture {
  domain: string;
  base: Judgement[];
  method: Judgement[];
}

function pairedPictures(cells: readonly TableCell[], method: string, base: string): PairedPicture[] {
  return domainsOf(cells).flatMap((domain) => {
    const runsOf = (name: string): Judgement[][] => cells.filter((cell) => cell.method === name && cell.domain === domain).map(answersOf);
    const [baseRuns, methodRuns] = [runsOf(base), runsOf(method)];
    const at = (runs: Judgement[][], i: number): Judgement[] => runs.flatMap((run) => run[i] ?? []);
    return (baseRuns[0] ?? []).map((_, i) => ({ domain, base: at(baseRuns, i), method: at(methodRuns, i) }));
  });
}

/** Mean over the seeds of F1. @param pictures each with its answers, one a seed */
function seedMeanF1(pictures: readonly Judgement[][]): number {
  return mean((pictures[0] ?? []).map((_, seed) => f1Of(pictures.flatMap((answers) => answers[seed] ?? []))));
}

/** Mean over the domains of F1(method) - F1(base), each the mean over its seeds; null where a domain is not among the pictures. */
function gainOf(pictures: readonly PairedPicture[], domains: readonly string[]): number | null {
  const gains = domains.map((domain) => {
    const own = pictures.filter((picture) => picture.domain === domain);
    return seedMeanF1(own.map(({ method }) => method)) - seedMeanF1(own.map(({ base }) => base));
  });
  return pictures.length === 0 ? null : mean(gains);
}

/** Gain of a method over another on average over domains and seeds; the interval is over pictures, not over trainings. */
export function averageGain(cells: readonly TableCell[], method: string, base: string): string {
  const domains = domainsOf(cells);
  const pictures = pairedPictures(cells, method, base);
  const interval = bootstrapInterval(pictures, (sample) => gainOf(sample, domains), { seed: 42, resamples: 1000 });
  const range = interval ? ` [${(100 * interval.low).toFixed(1)}, ${(100 * interval.high).toFixed(1)}]` : '';
  return `${method}: ${(100 * (gainOf(pictures, domains) ?? 0)).toFixed(1)}${range} F1 points over ${base}${seedGains(cells, method, base)}`;
}

/** The gain of each policy seed, where there are several: the spread that an interval over pictures does not hold. */
function seedGains(cells: readonly TableCell[], method: string, base: string): string {
  const gains = gainsBySeed(cells, method, base);
  return gains.length < 2 ? '' : `; seeds ${gains.map((gain) => gain.toFixed(1)).join(', ')}`;
}

/** F1 points over `base` on average over the domains, one for each policy seed of `method`; a base without seeds serves them all. */
export function gainsBySeed(cells: readonly TableCell[], method: string, base: string): number[] {
  const averageOf = (name: string, seed: number): number => {
    const runs = cells.filter((cell) => cell.method === name);
    const own = runs.filter((cell) => cell.seed === seed);
    return mean((own.length > 0 ? own : runs).map(cellF1));
  };
  const seeds = [...new Set(cells.filter((cell) => cell.method === method).map(({ seed }) => seed))];
  return seeds.map((seed) => 100 * (averageOf(method, seed) - averageOf(base, seed)));
}

/** Share of claims that are true, %, mean over the seeds: a row for each method, a column for each held-out domain. */
export function trueClaimsTable(cells: readonly TableCell[]): string {
  return table('true claims, %', cells, (own) => (100 * mean(own.map(({ trueClaims }) => trueClaims))).toFixed(1));
}

/** Lowest and highest F1 x 100 over the policy seeds, and how many there are: what the intervals over pictures do not say. */
export function seedRangeTable(cells: readonly TableCell[]): string {
  return table('F1 over seeds', cells, (own) => {
    const f1 = own.map((cell) => 100 * cellF1(cell));
    return f1.length === 0 ? '' : `${Math.min(...f1).toFixed(1)} to ${Math.max(...f1).toFixed(1)} (${f1.length})`;
  });
}
