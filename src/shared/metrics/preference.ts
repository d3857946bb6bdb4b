// Blind pairwise preference: which of two answers to the same image a reader found better, not knowing whose they were. Pure.
import type { AnswerRecord } from '../domain/answer.ts';
import type { EvalRecord, Preference } from '../domain/run.ts';
import { RandomStream } from '../random.ts';
import { signTest } from './paired.ts';
import { wilsonInterval } from './proportion.ts';

export type ReadAnswer = Pick<AnswerRecord, 'sampleId' | 'path' | 'text' | 'failure'>;

/** Two answers to read; `isSwapped` when the other evaluation's stands first. */
export interface ReadingPair<Answer extends ReadAnswer = ReadAnswer> {
  here: Answer;
  there: Answer;
  isSwapped: boolean;
}

/**
 * All pairs with two different texts, in an order and with sides that are drawn by chance, the same on every visit. Whoever judges the
 * first twenty has judged a fair sample.
 * @param key names the comparison, for the drawing
 */
export function readingPairs<Answer extends ReadAnswer>(
  here: readonly Answer[],
  there: readonly Answer[],
  key: string,
): ReadingPair<Answer>[] {
  const other = new Map(there.map((answer) => [answer.sampleId, answer]));
  const pairs = here.flatMap((own) => {
    const its = other.get(own.sampleId);
    const isReadable = its && !own.failure && !its.failure && own.text.trim() !== its.text.trim();
    return isReadable ? [{ here: own, there: its }] : [];
  });
  const random = RandomStream.fromText(`${key}/preference`);
  return random.shuffle(pairs).map((pair) => ({ ...pair, isSwapped: random.chance(0.5) }));
}

const TURNED: Record<Preference['better'], Preference['better']> = { here: 'there', there: 'here', tie: 'tie' };

/** What was judged between two evaluations, in whichever report, as the first one sees it; the latest word on an image counts. */
export function preferencesBetween(
  record: Pick<EvalRecord, 'id' | 'preferences'>,
  other: Pick<EvalRecord, 'id' | 'preferences'>,
): ReadonlyMap<string, Preference> {
  const own = (record.preferences ?? []).filter(({ otherId }) => otherId === other.id);
  const turned = (other.preferences ?? [])
    .filter(({ otherId }) => otherId === record.id)
    .map((one) => ({ ...one, otherId: other.id, better: TURNED[one.better] }));
  const all = [...own, ...turned].sort((a, b) => a.at - b.at);
  return new Map(all.map((one) => [one.sampleId, one]));
}

export interface PreferenceTally {
  here: number;
  there: number;
  tie: number;
  /** Wilson's, of the share that preferred this one among those that are decided; null where none is. */
  interval: { low: number; high: number } | null;
  /** Sign test on the decided ones, exact and two-sided. */
  p: number;
}

/** Ties take no side: they are counted apart. */
export function preferenceTally(preferences: Iterable<Preference>): PreferenceTally {
  const counts = { here: 0, there: 0, tie: 0 };
  for (const { better } of preferences) counts[better]++;
  const { here, there } = counts;
  return { ...counts, interval: wilsonInterval(here, here + there), p: signTest(here, there) };
}
