// The completions of a run, one line each, with the keys of TRL's completion tables or of verl's rollout files (spec/formats.md 4).
import type { CompletionRecord, RunRecord } from '../domain/run.ts';
import { meanOrNull } from '../metrics/averages.ts';
import { releasedRewardArrays } from '../rewards/paragraph-reward.ts';

/** One row; more may be added, for example under `workbench`. */
export function completionRow(run: RunRecord, completion: CompletionRecord): Record<string, unknown> {
  const { step, text, paragraphs, formatScore, label, predict, advantage, path, group } = completion;
  return {
    step,
    prompt: run.config.prompt,
    completion: text,
    vcr_reward: meanOrNull(paragraphs.filter(({ hasImage }) => hasImage).map(({ vcr }) => vcr)),
    pcr_reward: meanOrNull(paragraphs.map(({ pcr }) => pcr)),
    format_reward: formatScore,
    accuracy_reward: label === null ? null : Number(predict === label),
    advantage,
    image: path,
    group,
    paragraph_rewards: paragraphs.map(({ reward }) => reward),
    paragraph_advantages: paragraphs.map((paragraph) => paragraph.advantage),
    paragraph_keywords: paragraphs.map(({ keyword }) => keyword),
  };
}

/** As verl writes a rollout, with the arrays that the released PRPO reward returns (spec/formats.md 3) as its extras. */
export function rolloutRow(run: RunRecord, completion: CompletionRecord): Record<string, unknown> {
  const { step, text, label, predict, reward, path } = completion;
  const released = releasedRewardArrays(completion, run.config.reward.maxParagraphs);
  return {
    input: run.config.prompt,
    output: text,
    gts: label,
    score: reward,
    step,
    format_score: released.formatScore,
    acc: label === null ? -1 : Number(predict === label),
    extracted_gt: label,
    pred: predict,
    paragraph_rewards: released.paragraphRewards,
    paragraph_metadata: released.paragraphMetadata,
    num_paragraphs: released.numParagraphs,
    prpo_enabled: run.algorithm === 'prpo',
    image_path: path,
  };
}
