import { describe, expect, it } from 'vitest';
import { jobChoice } from '../../src/features/datasets/browse/use-view.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { filterFromAddress, passesFilter } from '../../src/shared/sample-choice.ts';

const choose = (query: string, views: { name: string; query: string }[] = []) => jobChoice('ds-1', new URLSearchParams(query), views);
const filterOf = (query: string) => filterFromAddress(new URLSearchParams(query), presetConfig('tiny-demo', 'prpo').filter);

describe('a view as the choice of a job', () => {
  it('is said by the address alone where domain, split and tags make it', () => {
    expect(choose('domain=aster&domain=elm&split=test&tag=odd&tab=browse&sample=x')).toEqual({
      query: 'dataset=ds-1&domain=aster&domain=elm&split=test&tag=odd',
      tag: null,
    });
    expect(choose('tag=odd')).toEqual({ query: 'dataset=ds-1&split=all&tag=odd', tag: null });
  });

  it('is a tag on the shown images where it needs words, labels, answers or several splits', () => {
    for (const query of ['q=waxy', 'label=fake', 'correct=wrong', 'predicted=real', 'tag=none', 'split=train&split=val']) {
      const { tag, query: job } = choose(query);
      expect(tag).toMatch(/^view-/);
      expect(filterOf(job)).toMatchObject({ splits: [], domains: [], tags: [tag] });
    }
    expect(choose('q=waxy', [{ name: 'Waxy ones', query: 'q=waxy' }]).tag).toBe('view-waxy-ones');
  });

  it('reaches a job that then takes the tagged images of any split and no others', () => {
    const { tag, query } = choose('q=waxy');
    const filter = filterOf(query);
    const image = { domain: 'aster', split: 'val' as const, label: 'real' as const };
    expect(passesFilter({ ...image, tags: [tag ?? ''] }, filter)).toBe(true);
    expect(passesFilter({ ...image, tags: ['odd'] }, filter)).toBe(false);
  });
});
