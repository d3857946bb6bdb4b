// Greedy evaluation of a detector on pictures whose artefacts are known: detection figures and truth of the claims.
import { DEFAULT_EVAL } from '../../../src/shared/config/presets.ts';
import type { Label } from '../../../src/shared/domain/sample.ts';
import { RandomStream } from '../../../src/shared/random.ts';
import type { EvaluatedSample } from '../../../src/shared/metrics/answer-scores.ts';
import { computeEvaluation, type Evaluation } from '../../../src/shared/metrics/evaluation.ts';
import { REGIONS, type RegionName } from '../../data/demo/artefacts.ts';
import { claimsOf, isTrueClaim, type FoundClaim } from '../../data/demo/grammar.ts';
import type { AnswerRequest, Detector, DetectorAnswer } from '../../ml/model/detector.ts';
import { imagesOf, type EncodedSet } from './encoded-set.ts';

const BATCH = 32;

/** How often a region's paragraph is true, and how often a random claim of the same answers would be. */
export interface RegionTruth {
  region: RegionName;
  /** Share of paragraphs whose claim is true. */
  truth: number;
  /** Share that would be true if the claims were dealt to random pictures of the same label: chance. */
  chance: number;
  /** Share of fakes with an artefact in this region whose paragraph names one of its artefacts that is there. */
  named: number;
  /** The same with the claims dealt to random pictures of the same label. */
  namedByChance: number;
}

export interface DetectorReport {
  evaluation: Evaluation;
  regions: RegionTruth[];
  parsedShare: number;
  headAccuracy: number;
  answers: DetectorAnswer[];
}

/** @param labels and domains of each picture */
export async function evaluateDetector(
  detector: Detector,
  set: EncodedSet,
  labels: readonly Label[],
  domains: readonly string[],
  request: AnswerRequest = DEFAULT_EVAL,
): Promise<DetectorReport> {
  const answers: DetectorAnswer[] = [];
  for (let start = 0; start < set.keys.length; start += BATCH) {
    const images = imagesOf(set, Array.from({ length: Math.min(BATCH, set.keys.length - start) }, (_, i) => start + i)); // prettier-ignore
    answers.push(...(await detector.answer(images, request, { firstRowId: start })));
    images.visionTokens.dispose();
  }
  const samples = answers.map((answer, i): EvaluatedSample => ({
    label: labels[i] ?? 'real',
    score: answer.pFakeHead,
    predict: answer.scored.predict,
    domain: domains[i] ?? '',
  }));
  const headRight = answers.filter(({ pFakeHead }, i) => pFakeHead >= 0.5 === (labels[i] === 'fake')).length;
  return {
    evaluation: computeEvaluation(samples),
    regions: REGIONS.map(({ name }) => regionTruth(name, answers, set, labels)),
    parsedShare: answers.filter(({ scored }) => scored.predict !== null).length / answers.length,
    headAccuracy: headRight / answers.length,
    answers,
  };
}

/** Another picture of the same label for each picture: what chance means, with the share of fakes kept. */
function dealtWithin(labels: readonly Label[]): number[] {
  const dealt = labels.map((_, i) => i);
  for (const label of ['fake', 'real'] as const) {
    const own = [...labels.keys()].filter((i) => labels[i] === label);
    const shuffled = RandomStream.fromText(`chance/${label}`).shuffle(own);
    for (const [k, i] of own.entries()) dealt[i] = shuffled[k] ?? i;
  }
  return dealt;
}

function regionTruth(region: RegionName, answers: readonly DetectorAnswer[], set: EncodedSet, labels: readonly Label[]): RegionTruth {
  const claims = answers.map(({ text }) => claimsOf(text).find((claim) => claim.region === region) ?? null);
  const dealt = dealtWithin(labels);
  const kinds = REGIONS.find(({ name }) => name === region)?.kinds ?? [];
  const damaged = [...claims.keys()].filter((i) => set.artefacts[i]?.some(({ kind }) => kinds.some((one) => one === kind)));
  const holds = (claim: FoundClaim | null | undefined, i: number): boolean =>
    claim !== null && claim !== undefined && isTrueClaim(claim, set.artefacts[i] ?? []);
  const all = [...claims.keys()];
  return {
    region,
    truth: share(all, (i) => holds(claims[i], i)),
    chance: share(all, (i) => holds(claims[dealt[i] ?? i], i)),
    named: share(damaged, (i) => holds(claims[i], i)),
    namedByChance: share(damaged, (i) => holds(claims[dealt[i] ?? i], i)),
  };
}

const share = (list: readonly number[], holds: (index: number) => boolean): number => list.filter(holds).length / Math.max(1, list.length);
