import { describe, expect, it } from 'vitest';
import {
  grpoTrlAdvantages,
  grpoVerlAdvantages,
  prpoPaperAdvantages,
  prpoReleasedAdvantages,
} from '../../../src/shared/rewards/advantages.ts';

describe('PRPO advantages', () => {
  it('compare all paragraphs of all completions of an image', () => {
    const got = prpoPaperAdvantages({ rewards: [[1, 0], [0, 1], [5]], groups: ['a', 'a', 'b'], normalize: true });
    const one = 0.5 / (Math.sqrt(0.25 + 1e-8) + 1e-8);
    expect(got[0]?.[0]).toBeCloseTo(one, 6);
    expect(got[1]).toEqual([expect.closeTo(-one, 6), expect.closeTo(one, 6)]);
    expect(got[2]?.[0]).toBeCloseTo(0, 2);
  });

  it('only subtract the mean when they are not normalised', () => {
    expect(prpoPaperAdvantages({ rewards: [[3, 1]], groups: [0], normalize: false })[0]).toEqual([
      expect.closeTo(1, 6),
      expect.closeTo(-1, 6),
    ]);
  });

  it('count rewards from the mean of their position where positions are given, so that no position is better as such', () => {
    const positions = [['0', 'final'], ['0', '1', 'final'], ['0', '1', 'final']]; // prettier-ignore
    const rewards = [[0.9, 0.4], [0.7, 0.9, 0.4], [0.8, 0.7, 0.4]]; // prettier-ignore
    const got = prpoPaperAdvantages({ rewards, groups: [0, 0, 0], normalize: false, positions });
    expect(got).toEqual([
      [expect.closeTo(0.1, 6), expect.closeTo(0, 6)],
      [expect.closeTo(-0.1, 6), expect.closeTo(0.1, 6), expect.closeTo(0, 6)],
      [expect.closeTo(0, 6), expect.closeTo(-0.1, 6), expect.closeTo(0, 6)],
    ]);
    const scaled = prpoPaperAdvantages({ rewards, groups: [0, 0, 0], normalize: true, positions });
    expect(scaled[0]?.[0]).toBeCloseTo(0.1 / Math.sqrt(0.04 / 8 + 1e-8), 4);
  });

  it('at a position that at most half of the answers have are those of the whole answers, so that neither going on nor repeating pays', () => {
    const positions = [['0', 'final'], ['0', 'final'], ['0', '1', 'final'], ['0', '1', '2']]; // prettier-ignore
    const rewards = [[0.8, 0.7], [0.8, 0.7], [0.8, 0.8, 0.65], [0, 0, 0]]; // prettier-ignore
    const got = prpoPaperAdvantages({ rewards, groups: [0, 0, 0, 0], normalize: false, positions });
    const values = [[0.2, 0.05 / 3], [0.2, 0.05 / 3], [0.2, 0.1875, -0.1 / 3], [-0.6, -0.5625, -0.5625]]; // prettier-ignore
    const mean = values.flat().reduce((sum, value) => sum + value, 0) / 10;
    expect(got).toEqual(values.map((row) => row.map((value) => expect.closeTo(value - mean, 6))));
  });

  it('leave rewards of 0 out of group and update in the released code', () => {
    const got = prpoReleasedAdvantages({
      rewards: [
        [0, 1],
        [0, 3],
      ],
      groups: [0, 0],
      normalize: false,
    });
    expect(got).toEqual([
      [null, expect.closeTo(-1, 6)],
      [null, expect.closeTo(1, 6)],
    ]);
  });

  it('are all 0 in the released code when every paragraph is excluded', () => {
    expect(prpoReleasedAdvantages({ rewards: [[0, 0], [0]], groups: [0, 1], normalize: true })).toEqual([[0, 0], [0]]);
  });

  it('exclude a whole completion when only its group has nothing', () => {
    expect(prpoReleasedAdvantages({ rewards: [[0], [1, 2]], groups: [0, 1], normalize: false })[0]).toEqual([null]);
  });
});

describe('GRPO advantages', () => {
  it('use the unbiased deviation and their own epsilon', () => {
    const deviation = Math.sqrt(0.5);
    expect(grpoVerlAdvantages([0, 1], ['x', 'x'], true)[1]).toBeCloseTo(0.5 / (deviation + 1e-6), 10);
    expect(grpoTrlAdvantages([0, 1], ['x', 'x'], true)[1]).toBeCloseTo(0.5 / (deviation + 1e-4), 10);
  });

  it('differ for a completion without company: verl keeps its score, TRL gives 0', () => {
    expect(grpoVerlAdvantages([0.7], [1], true)[0]).toBeCloseTo(0.7 / (1 + 1e-6), 12);
    expect(grpoTrlAdvantages([0.7], [1], true)).toEqual([0]);
  });
});
