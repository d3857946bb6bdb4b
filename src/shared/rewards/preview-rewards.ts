// Rewards and advantages of previewed answers under other weights, without generating or encoding anything again. Pure.
import type { PolicyConfig, RewardConfig } from '../config/config.ts';
import type { ScoredCompletion } from '../domain/answer.ts';
import type { PreviewCompletion, PreviewImage } from '../domain/preview.ts';
import { groupAdvantages, groupKeys } from './group-advantages.ts';

type Weights = Pick<RewardConfig, 'alpha' | 'beta'>;

/** The same answer under other weights: VCR, PCR and format stay, R = alpha VCR + beta PCR is computed anew (prpo.md 6). */
function reweighed(scored: ScoredCompletion, { alpha, beta }: Weights): ScoredCompletion {
  const paragraphs = scored.paragraphs.map((paragraph) => {
    const { vcr, pcr, hasImage } = paragraph;
    return { ...paragraph, reward: scored.formatScore === 0 ? 0 : hasImage ? alpha * vcr + beta * pcr : pcr };
  });
  const reward = paragraphs.length === 0 ? 0 : paragraphs.reduce((sum, one) => sum + one.reward, 0) / paragraphs.length;
  return { ...scored, paragraphs, reward };
}

/** A previewed answer as the run would credit it. */
export interface CreditedCompletion extends PreviewCompletion {
  /** Mean advantage over its tokens. */
  advantage: number;
}

export interface CreditedImage extends Omit<PreviewImage, 'completions'> {
  completions: CreditedCompletion[];
}

/** Mean over the tokens; those of no paragraph count as 0, as in the update. */
function tokenMean({ tokens }: PreviewCompletion, paragraphs: readonly (number | null)[]): number {
  const values = tokens.map(({ paragraph }) => (paragraph === null ? 0 : (paragraphs[paragraph] ?? 0)));
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** All answers of a step with the rewards and advantages that a run with these settings gives them. */
export function creditPreview(images: readonly PreviewImage[], policy: PolicyConfig, weights: Weights): CreditedImage[] {
  const answers = images.flatMap((image, group) => image.completions.map((completion) => ({ completion, group })));
  const scored = answers.map(({ completion }) => reweighed(completion.scored, weights));
  const keys = groupKeys(answers.map(({ group }) => group), policy.groupScope); // prettier-ignore
  const advantages = groupAdvantages(scored, keys, policy);
  const credited = answers.map(({ completion, group }, i) => {
    const own = scored[i] ?? completion.scored;
    const { paragraphs = [], completion: whole } = advantages[i] ?? {};
    const marked = own.paragraphs.map((paragraph, p) => ({ ...paragraph, advantage: paragraphs[p] ?? null }));
    return { group, ...completion, scored: { ...own, paragraphs: marked }, advantage: whole ?? tokenMean(completion, paragraphs) };
  });
  return images.map((image, group) => ({ ...image, completions: credited.filter((one) => one.group === group) }));
}
