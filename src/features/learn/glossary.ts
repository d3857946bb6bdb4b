// Words of the paper and the page, with the names that TRL and verl give them. `–` where a trainer has no such thing.

export interface GlossaryRow {
  term: string;
  meaning: string;
  trl: string;
  verl: string;
}

export const GLOSSARY: GlossaryRow[] = [
  {
    term: 'Policy',
    meaning: 'The model that is being trained. The reference is a frozen copy of where it started.',
    trl: 'model / ref_model',
    verl: 'actor / ref',
  },
  { term: 'Completion', meaning: 'One sampled answer to one prompt.', trl: 'completion', verl: 'response' },
  {
    term: 'Group',
    meaning: 'All completions of one image. Rewards are compared inside it only.',
    trl: 'num_generations',
    verl: 'actor_rollout_ref.rollout.n',
  },
  {
    term: 'Paragraph',
    meaning: 'A piece between blank lines that is longer than 20 characters or holds the answer. PRPO rewards each one.',
    trl: '–',
    verl: 'prpo paragraphs',
  },
  {
    term: 'Keyword',
    meaning: 'The phrase of a paragraph that YAKE ranks first; the answer word for the answer paragraph.',
    trl: '–',
    verl: 'keyword',
  },
  { term: 'VCR', meaning: 'Visual consistency reward: (cosine of image and keyword + 1) / 2.', trl: 'vcr_reward', verl: 'clip_reward' },
  {
    term: 'PCR',
    meaning: 'Prediction consistency reward: 0 where the stated answer contradicts the majority of the paragraphs before it, else 1.',
    trl: 'pcr_reward',
    verl: 'consistency',
  },
  {
    term: 'Paragraph reward',
    meaning: 'α × VCR + β × PCR; 0 for every paragraph of an answer that cannot be parsed.',
    trl: 'reward',
    verl: 'combined',
  },
  {
    term: 'Advantage',
    meaning: 'How much better than the rest of its group, in standard deviations.',
    trl: 'advantage',
    verl: 'advantages',
  },
  {
    term: 'KL',
    meaning: 'How far the policy has moved from the reference, per token.',
    trl: 'kl, beta',
    verl: 'actor/kl_loss, kl_loss_coef',
  },
  {
    term: 'Clip range',
    meaning: 'How far a probability ratio may move in one update before it stops counting.',
    trl: 'epsilon',
    verl: 'clip_ratio',
  },
  {
    term: 'Entropy',
    meaning: 'How undecided the policy is per token. Near 0 it says the same thing every time.',
    trl: 'entropy',
    verl: 'actor/entropy',
  },
  {
    term: 'Silent group',
    meaning: 'A group whose rewards are all equal: nothing to learn from it.',
    trl: 'frac_reward_zero_std',
    verl: '–',
  },
  {
    term: 'Unparsed',
    meaning: 'No clear answer was found. Counted apart, never as wrong or right.',
    trl: 'prpo/unparsed_ratio',
    verl: 'format_score 0',
  },
  { term: 'Coverage', meaning: 'Answered images over expected images. Read it before any accuracy.', trl: '–', verl: '–' },
];
