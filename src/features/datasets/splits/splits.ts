// Leave one domain out: which images a model learns from and which it is tested on, as views of the gallery and as addresses of the
// forms that take it from there. Pure.
import type { CountRow, Split } from '../../../shared/domain/sample.ts';

/** One held-out domain. */
export interface HeldOutSplit {
  heldOut: string;
  /** The other domains. */
  domains: string[];
  trainCount: number;
  /** Images of the held-out domain in the split that tests. */
  testCount: number;
  /** `test` where the held-out domain has one, else all of its images (`all`). */
  testSplit: Split | 'all';
  /** What is wrong with it, or null. */
  warning: string | null;
}

/** One plan per domain, in the order of their names. */
export function heldOutSplits(counts: readonly CountRow[]): HeldOutSplit[] {
  const domains = [...new Set(counts.map(({ domain }) => domain))].sort();
  if (domains.length < 2) return [];
  return domains.map((heldOut) => planOf(heldOut, domains, counts));
}

function planOf(heldOut: string, domains: readonly string[], counts: readonly CountRow[]): HeldOutSplit {
  const sum = (rows: readonly CountRow[]) => rows.reduce((total, { count }) => total + count, 0);
  const training = counts.filter(({ domain, split }) => domain !== heldOut && split === 'train');
  const own = counts.filter(({ domain }) => domain === heldOut);
  const tests = own.filter(({ split }) => split === 'test');
  const used = tests.length > 0 ? tests : own;
  const labels = new Set(used.map(({ label }) => label).filter((label) => label !== null));
  const warning =
    training.length === 0
      ? 'The other domains have no train split.'
      : labels.size < 2
        ? 'The held-out domain has not both labels: AUC is undefined, F1 misleads.'
        : null;
  return {
    heldOut,
    domains: domains.filter((domain) => domain !== heldOut),
    trainCount: sum(training),
    testCount: sum(used),
    testSplit: tests.length > 0 ? 'test' : 'all',
    warning,
  };
}

/** The two halves as saved views. */
export function viewsOf({ heldOut, domains, testSplit }: HeldOutSplit): { name: string; query: string }[] {
  const train = new URLSearchParams([...domains.map((domain) => ['domain', domain]), ['split', 'train']]);
  const test = new URLSearchParams([['domain', heldOut], ...(testSplit === 'all' ? [] : [['split', testSplit]])]);
  return [
    { name: `without ${heldOut}: train`, query: train.toString() },
    { name: `without ${heldOut}: test`, query: test.toString() },
  ];
}

/** Addresses of the forms with this split filled in. */
export function formLinks(datasetId: string, { heldOut, domains, testSplit }: HeldOutSplit): { train: string; test: string } {
  const train = new URLSearchParams([['dataset', datasetId], ...domains.map((domain) => ['domain', domain])]);
  const test = new URLSearchParams([
    ['dataset', datasetId],
    ['domain', heldOut],
    ['split', testSplit],
  ]);
  return { train: `/train/new?${train}`, test: `/eval/new?${test}` };
}
