// The section of a report about single answers: which changed between two evaluations. Pure.
import { formatP, formatPercent, formatPlural } from '../../../components/format.ts';
import type { ReportSection } from '../../../shared/formats/html-report.ts';
import type { SampleFlip } from '../../../shared/metrics/flips.ts';
import type { ChosenFlips } from './use-flips.ts';

/** How a change is called. */
export const FLIP_WORDS: Record<SampleFlip['kind'], string> = { fixed: 'fixed', broken: 'broken', other: 'still wrong' };

const MOST_LISTED = 500;
const TITLE = 'Answers that changed';

/** What is told where the runs have no pair of evaluations. */
function withoutPair({ byRun }: Pick<ChosenFlips, 'byRun'>): ReportSection {
  const missing = byRun.filter(({ evals }) => evals.length === 0).map(({ run }) => run.name);
  const why = missing.length > 0 ? ` No checkpoint of these was evaluated: ${missing.join(', ')}.` : '';
  return { title: TITLE, text: [`Left out: no two evaluations on the same labelled images are stored for these runs.${why}`] };
}

/** Counts, test and one row per changed answer; broken ones first, for they cost most. */
export function flipsSection(chosen: Pick<ChosenFlips, 'byRun' | 'a' | 'b' | 'flips'>): ReportSection {
  const { a, b, flips: found } = chosen;
  if (!a || !b || !found) return withoutPair(chosen);
  const { flips, shared, rightA, rightB, mcNemar } = found;
  const count = (kind: SampleFlip['kind']): number => flips.filter((flip) => flip.kind === kind).length;
  const order: SampleFlip['kind'][] = ['broken', 'fixed', 'other'];
  const sorted = flips.toSorted((first, second) => order.indexOf(first.kind) - order.indexOf(second.kind));
  const listed = sorted.slice(0, MOST_LISTED);
  return {
    title: TITLE,
    text: [
      `Before: ${a.name} (${a.modelName}). After: ${b.name} (${b.modelName}). Both answered ${formatPlural(shared, 'labelled image')}: ${formatPercent(rightA / shared)} right before, ${formatPercent(rightB / shared)} after; an unparsed answer counts as wrong.`,
      `Fixed ${count('fixed')}, broken ${count('broken')}, changed but still wrong ${count('other')}. McNemar, exact, two-sided: ${formatP(mcNemar.p)}${mcNemar.p < 0.05 ? '' : ', no more than chance would give'}.`,
      `Left out: pictures and the words of the answers${listed.length < flips.length ? `, and all but the first ${MOST_LISTED} of ${flips.length} changes` : ''}.`,
    ],
    table:
      listed.length === 0
        ? undefined
        : {
            columns: ['Image', 'Domain', 'Truth', 'Before', 'After', 'Change'],
            rows: listed.map((flip) => [
              flip.a.path,
              flip.a.domain,
              flip.a.label,
              flip.a.predict ?? 'unparsed',
              flip.b.predict ?? 'unparsed',
              FLIP_WORDS[flip.kind],
            ]),
          },
  };
}
