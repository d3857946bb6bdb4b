import { describe, expect, it, vi } from 'vitest';
import { countSamples, listSamples } from '../../src/shared/storage/samples.ts';
import { installDemo } from '../../workers/data/demo-install.ts';
import { openTestDatabase } from '../support/database.ts';

const context = (signal = new AbortController().signal) => ({ signal, progress: vi.fn() });

describe('the demo dataset', () => {
  it('is stored with annotations, artefacts and a synthetic mark, and grows when more is asked for', async () => {
    const db = await openTestDatabase();
    const first = await installDemo({ seed: 7, perClass: 1 }, { ...context(), db });
    expect(first).toMatchObject({ id: 'demo-7', synthetic: true, source: 'demo', state: 'ready', imageCount: 30, annotationCount: 30 });
    const samples = await listSamples(db, 'demo-7');
    const fake = samples.find((sample) => sample.label === 'fake');
    expect(fake?.annotation?.answer).toMatch(/### Answer: fake$/);
    expect(fake?.artefacts?.length).toBeGreaterThan(0);
    expect(samples.filter((sample) => sample.label === 'real').every(({ artefacts }) => artefacts && artefacts.length <= 1)).toBe(true);

    const again = await installDemo({ seed: 7, perClass: 1 }, { ...context(), db });
    expect(again).toEqual(first);
    const grown = await installDemo({ seed: 7, perClass: 2 }, { ...context(), db });
    expect(grown).toMatchObject({ imageCount: 60, createdAt: first.createdAt });
    expect(grown.contentHash).not.toBe(first.contentHash);
  });

  it('can be one domain only, with an id of its own and the same pictures', async () => {
    const db = await openTestDatabase();
    const one = await installDemo({ seed: 7, perClass: 1, domain: 'dahlia' }, { ...context(), db });
    expect(one).toMatchObject({ id: 'demo-7-dahlia', imageCount: 6, synthetic: true });
    expect(new Set((await listSamples(db, 'demo-7-dahlia')).map(({ domain }) => domain))).toEqual(new Set(['dahlia']));
  });

  it('keeps whole images when it is stopped', async () => {
    const db = await openTestDatabase();
    await expect(installDemo({ seed: 8, perClass: 1 }, { ...context(AbortSignal.abort()), db })).rejects.toMatchObject({
      code: 'E-CANCELLED',
    });
    expect(await countSamples(db, 'demo-8')).toBe(0);
    expect(await db.get('datasets', 'demo-8')).toMatchObject({ state: 'partial' });
  });
});
