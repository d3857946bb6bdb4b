// Rewards of GRPO and PRPO, and the weights of the supervised losses.
import type { RewardConfig, TrainConfig } from '../config.ts';
import type { TrainField } from './field.ts';
import { POLICY, SFT, STAGE2, choice, rewardNumber, sftNumber, sftSwitch } from './make-field.ts';

/** The paper's rule is the absent one, so that a config of before the option is equal to one of now. */
function withTie({ tieVote: _, ...reward }: RewardConfig, tieVote: NonNullable<RewardConfig['tieVote']>): RewardConfig {
  return tieVote === 'answer' ? reward : { ...reward, tieVote };
}

/** Without its labels the binary head is not trained, and nothing about its loss counts. */
const trainsBinaryHead = ({ sft }: TrainConfig): boolean => sft.useBinaryLabels;

export const REWARD_FIELDS: readonly TrainField[] = [
  rewardNumber('alpha', {
    name: 'alpha_clip',
    label: 'Weight of VCR (alpha)',
    group: 'rewards',
    verl: 'ALPHA_CLIP',
    help: 'Visual consistency: does the phrase match the picture.',
    algorithms: POLICY,
    min: 0,
    max: 10,
    reason: 'A negative weight would reward what does not match.',
  }),
  rewardNumber('beta', {
    name: 'beta_consistency',
    label: 'Weight of PCR (beta)',
    group: 'rewards',
    verl: 'BETA_CONSISTENCY',
    help: 'Prediction consistency: does the conclusion agree with the majority of paragraphs. 1 for all but the final one.',
    algorithms: POLICY,
    min: 0,
    max: 10,
    reason: 'A negative weight would reward contradictions.',
  }),
  rewardNumber('keywordLength', {
    name: 'keyword_ngram',
    label: 'Keyword length (YAKE n)',
    group: 'rewards',
    unit: 'words',
    help: 'Longest phrase that can be the keyword of a paragraph.',
    algorithms: POLICY,
    min: 1,
    max: 10,
    integer: true,
    reason: 'The reference uses 10; the older reward file 3.',
  }),
  rewardNumber('maxParagraphs', {
    name: 'prpo_max_paragraphs',
    label: 'Paragraphs at most',
    group: 'rewards',
    verl: 'prpo.max_paragraphs',
    help: 'Later paragraphs get no reward; how many were cut is shown.',
    algorithms: POLICY,
    min: 1,
    max: 8,
    integer: true,
    reason: 'Reward lists have 8 places.',
  }),
  choice(
    {
      name: 'final_paragraph_vcr',
      label: 'VCR of the final paragraph',
      group: 'rewards',
      help: 'Not in the paper: the bare words "real" and "fake" score below any phrase, so the answer line gets a steady negative advantage.',
      algorithms: POLICY,
      choices: [
        { value: 'own', label: 'Its own (paper)' },
        { value: 'mean-of-others', label: 'Mean of those before it' },
      ],
    },
    (config) => config.reward.finalParagraphVcr,
    (config, finalParagraphVcr) => ({ ...config, reward: { ...config.reward, finalParagraphVcr } }),
  ),
  choice(
    {
      name: 'pcr_tie',
      label: 'A tie of the paragraphs counts for',
      group: 'rewards',
      help: 'In the paper a tie agrees with either answer, so nothing is learnt from it. Not in the paper: the side whose paragraphs fit the picture better (sum of VCR), or the majority without the paragraph that fits worst (lowest VCR).',
      algorithms: POLICY,
      choices: [
        { value: 'answer', label: 'The stated answer (paper)' },
        { value: 'vcr', label: 'The side that fits better' },
        { value: 'vcr-worst', label: 'Majority without the worst fit' },
      ],
    },
    (config) => config.reward.tieVote ?? 'answer',
    (config, tieVote) => ({ ...config, reward: withTie(config.reward, tieVote) }),
  ),
  choice(
    {
      name: 'answer_rule',
      label: 'Answer used by PCR',
      group: 'rewards',
      help: 'Released code reads it from the last matching line, which can differ from the tag.',
      algorithms: POLICY,
      choices: [
        { value: 'prpo', label: 'After ### Answer: (paper)' },
        { value: 'prpo+final-line', label: 'Last matching line (released)' },
      ],
    },
    (config) => config.reward.answerRule,
    (config, answerRule) => ({ ...config, reward: { ...config.reward, answerRule } }),
  ),
  sftNumber('lmLossWeight', {
    name: 'lm_loss_weight',
    label: 'Weight of the text loss',
    group: 'rewards',
    llava: '--lm_loss_weight',
    help: 'Next-token loss of the reference answer.',
    algorithms: SFT,
    min: 0,
    max: 1000,
    reason: 'A negative weight would unlearn.',
  }),
  sftNumber('binaryLossWeight', {
    name: 'binary_loss_weight',
    label: 'Weight of the binary loss',
    group: 'rewards',
    llava: '--binary_loss_weight',
    help: 'Real or fake from the image alone; 10 in the paper.',
    algorithms: STAGE2,
    isUsed: trainsBinaryHead,
    min: 0,
    max: 1000,
    reason: 'A negative weight would unlearn.',
  }),
  sftSwitch('useBinaryLabels', {
    name: 'use_binary_labels',
    label: 'Train the binary head',
    group: 'rewards',
    llava: '--use_binary_labels',
    help: 'Needs a label for every image.',
    algorithms: STAGE2,
  }),
  sftSwitch('releasedLoss', {
    name: 'released_loss',
    label: 'Released loss',
    group: 'rewards',
    help: "As the released trainer: adds the binary loss of the text's picture to that of the head's own; the paper has the second alone. Each has its own curve.",
    algorithms: STAGE2,
    isUsed: trainsBinaryHead,
  }),
  sftSwitch('augmentBinaryBranch', {
    name: 'augment_binary_branch',
    label: 'Augment the picture of the binary head',
    group: 'rewards',
    help: 'Cut, flip, colours, rotation and blur, drawn anew at every step; on in the paper.',
    algorithms: STAGE2,
    isUsed: trainsBinaryHead,
  }),
  sftSwitch('augmentLmBranch', {
    name: 'augment_lm_branch',
    label: 'Augment the picture of the text',
    group: 'rewards',
    help: 'The same for the picture that the text is learnt from; off in the paper.',
    algorithms: SFT,
  }),
];
