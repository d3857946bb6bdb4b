import { describe, expect, it } from 'vitest';
import { annotationProblem, fittingFilter, hasTrainSplit } from '../../src/features/training/new/fitting-split.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import type { DatasetRecord } from '../../src/shared/domain/sample.ts';

const { filter } = presetConfig('tiny-demo', 'prpo');
const rows = (split: 'train' | 'none', domain = 'mine'): DatasetRecord['counts'] => [{ domain, split, label: 'fake', count: 5 }];

describe('the images that a new run starts with', () => {
  it('are those of the train split, or all where none is marked for training', () => {
    expect(filter.splits).toEqual(['train']);
    expect(fittingFilter([...rows('train'), ...rows('none')], filter)).toBe(filter);
    expect(fittingFilter(rows('none'), filter)).toEqual({ ...filter, splits: [] });
    expect([hasTrainSplit(rows('none')), hasTrainSplit(rows('train'))]).toEqual([false, true]);
  });

  it('stay as chosen where another split would not help either', () => {
    const elsewhere = { ...filter, domains: ['other'] };
    expect(fittingFilter(rows('none'), elsewhere)).toBe(elsewhere);
  });

  it('need reference answers for supervised training only', () => {
    const dataset = { name: 'mine', annotationCount: 0 };
    expect(annotationProblem('prpo', dataset)).toBeNull();
    expect(annotationProblem('sft-stage2', { ...dataset, annotationCount: 3 })).toBeNull();
    expect(annotationProblem('sft-stage1', dataset)).toContain('“mine” has none');
  });
});
