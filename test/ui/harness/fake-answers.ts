// Invented answers for looking at pages: real texts of the demo grammar, real scoring, made-up cosines and probabilities.
import { DEFAULT_EVAL } from '../../../src/shared/config/presets.ts';
import type { ScoredCompletion, TokenRecord } from '../../../src/shared/domain/answer.ts';
import type { CompletionRecord } from '../../../src/shared/domain/run.ts';
import type { Label, SampleRecord } from '../../../src/shared/domain/sample.ts';
import { RandomStream } from '../../../src/shared/random.ts';
import { prpoPaperAdvantages } from '../../../src/shared/rewards/advantages.ts';
import { scoreCompletion } from '../../../src/shared/rewards/paragraph-reward.ts';

export interface FakeAnswer {
  completion: ScoredCompletion & { text: string; tokens: TokenRecord[]; truncated: boolean; tokenCount: number };
  pFakeHead: number;
  pFakeToken: number;
}

/** Words and spaces as tokens, with invented log-probabilities. */
function fakeTokens(text: string, random: RandomStream, scored: ScoredCompletion): TokenRecord[] {
  return [...text.matchAll(/\s*\S+/g)].map((match, id) => {
    const [start, end] = [match.index, match.index + match[0].length];
    const paragraph = scored.paragraphs.find((piece) => start < piece.end && end > piece.start)?.index ?? null;
    const entropy = random.uniform(0, 1) ** 3 * 2.5;
    return { id, start, end, entropy, logProbability: -entropy * random.uniform(0.2, 1.6), paragraph };
  });
}

/** The sample's own reference text, sometimes with the other conclusion, sometimes without one. */
function fakeText(sample: SampleRecord, others: readonly SampleRecord[], random: RandomStream, skill: number): string {
  const own = sample.annotation?.answer ?? '### Answer: real';
  const source = random.chance(skill) ? own : (random.pick(others).annotation?.answer ?? own);
  if (random.chance(0.03)) return source.replace(/### Answer:.*/s, 'It is hard to say');
  if (random.chance(0.08))
    return source.replace(/(### Answer:\s*)(real|fake)/, (_, tag: string, word: string) => tag + (word === 'real' ? 'fake' : 'real'));
  return source;
}

const squash = (x: number): number => 1 / (1 + Math.exp(-x));

export function fakeAnswer(sample: SampleRecord, others: readonly SampleRecord[], key: string, skill = 0.8): FakeAnswer {
  const random = RandomStream.fromText(`${key}/${sample.id}`);
  const text = fakeText(sample, others, random, skill);
  const scored = scoreCompletion(text, {
    reward: DEFAULT_EVAL.reward,
    parser: 'eval',
    hasImage: true,
    cosineOf: (keyword) => (keyword === 'real' || keyword === 'fake' ? 0.05 : random.uniform(0.12, 0.55)),
  });
  const tokens = fakeTokens(text, random, scored);
  const lean = (label: Label | null): number => squash((label === 'fake' ? 2 : -2) * skill + random.uniform(-2.6, 2.6));
  return {
    completion: { ...scored, text, tokens, truncated: scored.predict === null, tokenCount: tokens.length },
    pFakeHead: lean(sample.label),
    pFakeToken: lean(scored.predict),
  };
}

/** One step's completions: G answers to each sample, with the paper's advantages. */
export function fakeCompletions(
  runId: string,
  step: number,
  samples: readonly SampleRecord[],
  count: number,
  others: readonly SampleRecord[],
): CompletionRecord[] {
  const drawn = samples.flatMap((sample, group) =>
    Array.from({ length: count }, (_, i) => ({
      sample,
      group,
      completion: fakeAnswer(sample, others, `${runId}/${step}/${i}`, 0.5 + step / 120).completion,
    })),
  );
  const advantages = prpoPaperAdvantages({
    rewards: drawn.map(({ completion }) => completion.paragraphs.map(({ reward }) => reward)),
    groups: drawn.map(({ group }) => group),
    normalize: true,
  });
  return drawn.map(({ sample, group, completion }, index) => {
    const own = advantages[index] ?? [];
    const { text, tokenCount, tokens: _tokens, truncated, ...scored } = completion;
    return {
      ...scored,
      paragraphs: scored.paragraphs.map((paragraph, i) => ({ ...paragraph, advantage: own[i] ?? null })),
      runId,
      step,
      index,
      group,
      sampleId: sample.id,
      path: sample.path,
      label: sample.label,
      text,
      advantage: own.reduce<number>((sum, value) => sum + (value ?? 0), 0) / Math.max(1, own.length),
      tokenCount,
      terminated: !truncated,
      unassignedTokens: 0,
    };
  });
}

/** Scalars of a step: a believable PRPO run with noise. */
export function fakeMetrics(step: number, seed: string, pace: number): Record<string, number> {
  const random = RandomStream.fromText(`${seed}/${step}`);
  const noise = (size: number): number => random.uniform(-size, size);
  const rise = 1 - Math.exp((-step * pace) / 40);
  const vcr = 0.6 + 0.06 * rise + noise(0.015);
  const pcr = 0.9 + 0.08 * rise + noise(0.03);
  const positions = [0.81, 0.8, 0.8, 0.79, 0.72].map((base, i) => [
    `prpo/reward_by_position/${i + 1}`,
    base + 0.05 * rise + noise(0.02) - (i === 4 ? 0.06 : 0),
  ]);
  return {
    reward: (vcr + pcr) / 2,
    reward_std: 0.06 + noise(0.01),
    frac_reward_zero_std: 0,
    'rewards/vcr_reward/mean': vcr,
    'rewards/vcr_reward/std': 0.05 + noise(0.01),
    'rewards/pcr_reward/mean': pcr,
    'rewards/pcr_reward/std': 0.2 + noise(0.05),
    loss: 0.002 + noise(0.004),
    kl: 0.002 * step ** 0.7 + Math.abs(noise(0.003)),
    entropy: 0.62 - 0.18 * rise + noise(0.03),
    'completions/mean_length': 82 + 9 * rise + noise(4),
    'completions/clipped_ratio': 0.14 - 0.08 * rise + Math.abs(noise(0.03)),
    grad_norm: 0.7 + Math.abs(noise(0.4)),
    learning_rate: 1e-4 * (1 - step / 200),
    step_time: 3.1 + noise(0.4),
    'prpo/unparsed_ratio': Math.max(0, 0.04 - 0.03 * rise + noise(0.02)),
    'prpo/num_paragraphs/mean': 4.6 + noise(0.3),
    'prpo/keyword_unique_ratio': 0.71 - 0.2 * rise + noise(0.04),
    'prpo/clipfrac': 0.3 + noise(0.1),
    'prpo/group_reward_std': 0.07 + noise(0.01),
    ...Object.fromEntries(positions),
  };
}
