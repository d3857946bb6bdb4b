import { describe, expect, it } from 'vitest';
import { completionRow, rolloutRow } from '../../../src/shared/formats/completions-jsonl.ts';
import { scoreCompletion } from '../../../src/shared/rewards/paragraph-reward.ts';
import { someCompletion, someRun } from '../../support/records.ts';

const TEXT = '**Skin**: the cheeks are waxy and smeared, clearly artificial.\n\n### Answer: fake';
const run = someRun({ id: 'r' });
const score = (hasImage: boolean) => scoreCompletion(TEXT, { reward: run.config.reward, parser: 'eval', hasImage, cosineOf: () => 0.2 });

describe('a row of the completions file', () => {
  it("has TRL's columns and one reward and advantage per paragraph", () => {
    const completion = { ...someCompletion('r', 3, 0), ...score(true), text: TEXT, advantage: 0.5, group: 2 };
    const row = completionRow(run, completion);
    expect(Object.keys(row)).toEqual([
      'step', 'prompt', 'completion', 'vcr_reward', 'pcr_reward', 'format_reward', 'accuracy_reward', 'advantage', 'image', 'group',
      'paragraph_rewards', 'paragraph_advantages', 'paragraph_keywords',
    ]); // prettier-ignore
    expect(row).toMatchObject({
      step: 3,
      completion: TEXT,
      pcr_reward: 1,
      format_reward: 1,
      accuracy_reward: 1,
      advantage: 0.5,
      image: 'a.png',
      group: 2,
    });
    expect(row['vcr_reward']).toBeCloseTo(0.6);
    expect(row['paragraph_rewards']).toEqual([expect.closeTo(0.8), expect.closeTo(0.8)]);
  });

  it('has nulls where there is no image and no label', () => {
    expect(completionRow(run, { ...someCompletion('r', 1, 0), ...score(false), label: null })).toMatchObject({
      vcr_reward: null,
      accuracy_reward: null,
    });
  });
});

describe("a row of verl's rollout file", () => {
  it('has the arrays of the released reward, padded to the longest answer that it scores', () => {
    const row = rolloutRow(run, { ...someCompletion('r', 3, 0), ...score(true), text: TEXT });
    expect(row).toMatchObject({
      output: TEXT,
      gts: 'fake',
      step: 3,
      acc: 1,
      pred: 'fake',
      format_score: 1,
      num_paragraphs: 2,
      image_path: 'a.png',
    });
    expect(row['paragraph_rewards']).toEqual([
      expect.closeTo(0.8),
      expect.closeTo(0.8),
      ...Array.from({ length: run.config.reward.maxParagraphs - 2 }, () => 0),
    ]);
    expect(rolloutRow(run, { ...someCompletion('r', 1, 0), ...score(true), label: null })).toMatchObject({ gts: null, acc: -1 });
  });
});
