// Which of several settings an algorithm gets on a held-out domain: the best on all other domains of another benchmark.
import type { DemoDomain } from '../../data/demo/domains.ts';
import { algorithmOf } from './methods.ts';

/** F1 of one candidate on one domain of the development benchmark. */
export interface CandidateScore {
  domain: DemoDomain;
  method: string;
  f1: number;
}

/**
 * The candidate of `algorithm` with the highest mean F1 over all domains but the held-out one; the first on a tie.
 * @throws Error where no candidate was scored on another domain
 */
export function chooseCandidate(scores: readonly CandidateScore[], algorithm: string, heldOut: DemoDomain): string {
  const others = scores.filter(({ domain, method }) => domain !== heldOut && algorithmOf(method) === algorithm);
  const means = [...new Set(others.map(({ method }) => method))].map((method) => {
    const values = others.filter((score) => score.method === method).map(({ f1 }) => f1);
    return { method, mean: values.reduce((sum, value) => sum + value, 0) / values.length };
  });
  const best = means.reduce<(typeof means)[number] | null>((top, one) => (top && top.mean >= one.mean ? top : one), null);
  if (!best) throw new Error(`No candidate of ${algorithm} was scored on a domain other than ${heldOut}.`);
  return best.method;
}
