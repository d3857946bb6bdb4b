// The worked example of the Learn page: three answers about one imagined image, scored by the very functions that training uses.
// Only the cosines are set by hand, since no image is looked at here. Pure.
import { PAPER_REWARD } from '../../shared/config/presets.ts';
import type { ScoredCompletion } from '../../shared/domain/answer.ts';
import { prpoPaperAdvantages } from '../../shared/rewards/advantages.ts';
import { readCompletion, scoreCompletion } from '../../shared/rewards/paragraph-reward.ts';

export interface ExampleAnswer {
  name: string;
  what: string;
  text: string;
  /** Cosine of image and keyword, per paragraph. */
  cosines: number[];
}

const EXAMPLE_ANSWERS: ExampleAnswer[] = [
  {
    name: 'Answer 1',
    what: 'two true claims, and a verdict that follows from them',
    text: '**Skin and Texture**: The skin is overly smooth and lacks any fine pores.\n\n**Eyes and Lighting**: Iris color and gaze are inconsistent between the two eyes.\n\n### Answer: fake',
    cosines: [0.24, 0.28, 0.12],
  },
  {
    name: 'Answer 2',
    what: 'two wrong claims, and a verdict that contradicts them',
    text: '**Skin and Texture**: The skin shows natural pores and a realistic surface.\n\n**Eyes and Lighting**: Both eyes are aligned and their gaze is consistent.\n\n### Answer: fake',
    cosines: [-0.22, -0.16, 0.12],
  },
  {
    name: 'Answer 3',
    what: 'one true and one wrong claim: a tie',
    text: '**Skin and Texture**: The skin shows natural pores and a realistic surface.\n\n**Eyes and Lighting**: The two eyes are misaligned and have different iris colors.\n\n### Answer: fake',
    cosines: [-0.22, 0.31, 0.12],
  },
];

export interface WorkedAnswer extends ExampleAnswer {
  scored: ScoredCompletion;
}

/**
 * Scores the answers and spreads the rewards over their group.
 * @param alpha weight of VCR; beta, the weight of PCR, is 1 - alpha
 */
export function workExample(alpha: number): WorkedAnswer[] {
  const reward = { ...PAPER_REWARD, alpha, beta: 1 - alpha };
  const worked = EXAMPLE_ANSWERS.map((answer) => {
    const { keywords } = readCompletion(answer.text, reward);
    const cosines = new Map(keywords.map((keyword, index) => [keyword, answer.cosines[index] ?? null]));
    return {
      ...answer,
      scored: scoreCompletion(answer.text, { reward, parser: 'prpo', hasImage: true, cosineOf: (keyword) => cosines.get(keyword) ?? null }),
    };
  });
  const advantages = prpoPaperAdvantages({
    rewards: worked.map(({ scored }) => scored.paragraphs.map((paragraph) => paragraph.reward)),
    groups: worked.map(() => 'image'),
    normalize: true,
  });
  return worked.map((answer, at) => ({
    ...answer,
    scored: {
      ...answer.scored,
      paragraphs: answer.scored.paragraphs.map((paragraph, index) => ({ ...paragraph, advantage: advantages[at]?.[index] ?? null })),
    },
  }));
}
