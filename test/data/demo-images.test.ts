import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ARTEFACT_KINDS, countRegions, noArtefacts, type ArtefactKind } from '../../workers/data/demo/artefacts.ts';
import { DEMO_DOMAINS } from '../../workers/data/demo/domains.ts';
import { broadSample, demoSample, type DemoKey } from '../../workers/data/demo/generate.ts';
import { renderPortrait } from '../../workers/data/demo/portrait.ts';
import type { PortraitSpec } from '../../workers/data/demo/spec.ts';

/** SHA-256 of the pixels of one fake picture; a change here changes every demo figure ever reported. */
const GOLDEN = '9b19a82e658ecc40624f806bcc52d93f8271058419d542462760e3c6a80585c8';

const KEY: DemoKey = { seed: 7, domain: 'elder', split: 'test', label: 'real', index: 3 };

function withArtefact(spec: PortraitSpec, kind: ArtefactKind, strength: number): PortraitSpec {
  return { ...spec, artefacts: { ...noArtefacts(), [kind]: strength } };
}

/** Pixels in which some channel differs by more than `least`. */
function changedPixels(a: Uint8Array, b: Uint8Array, least: number): number {
  let count = 0;
  for (let i = 0; i < a.length; i += 3) {
    if ([0, 1, 2].some((c) => Math.abs((a[i + c] ?? 0) - (b[i + c] ?? 0)) > least)) count += 1;
  }
  return count;
}

describe('demo pictures', () => {
  it('are the same bytes on every machine', () => {
    const { width, height, data } = renderPortrait(demoSample({ ...KEY, label: 'fake' }).spec);
    expect([width, height, data.length]).toEqual([128, 128, 128 * 128 * 3]);
    expect(createHash('sha256').update(data).digest('hex')).toBe(GOLDEN);
  });

  it('differ between keys and benchmark seeds', () => {
    const hashes = [KEY, { ...KEY, index: 4 }, { ...KEY, seed: 8 }, { ...KEY, domain: 'aster' as const }].map((key) =>
      createHash('sha256')
        .update(renderPortrait(demoSample(key).spec).data)
        .digest('hex'),
    );
    expect(new Set(hashes).size).toBe(4);
  });

  it('carry at most one natural irregularity when real, and artefacts of at least three regions when fake', () => {
    const real = DEMO_DOMAINS.flatMap((domain) =>
      Array.from({ length: 60 }, (_, index) => demoSample({ ...KEY, domain, index }).artefacts),
    );
    expect(Math.max(...real.map((artefacts) => artefacts.length))).toBe(1);
    const irregular = real.filter((artefacts) => artefacts.length === 1).length / real.length;
    expect(irregular).toBeGreaterThan(0.4);
    expect(irregular).toBeLessThan(0.6);
    expect(new Set(real.flat().map(({ kind }) => kind))).toEqual(new Set(['skin', 'eyes', 'hair', 'mouth']));
    for (const domain of DEMO_DOMAINS) {
      for (let index = 0; index < 30; index++) {
        const { spec, artefacts } = demoSample({ ...KEY, domain, index, label: 'fake' });
        expect(countRegions(spec.artefacts)).toBeGreaterThanOrEqual(3);
        expect(artefacts.length).toBeLessThanOrEqual(5);
      }
    }
  });

  it('show light, background and grid almost only in the domain dahlia', () => {
    const share = (domain: DemoKey['domain'], kind: ArtefactKind) =>
      Array.from({ length: 100 }, (_, index) => demoSample({ ...KEY, domain, index, label: 'fake' }).spec.artefacts[kind] > 0).filter(
        Boolean,
      ).length;
    for (const kind of ['light', 'background', 'grid'] as const) {
      expect(share('dahlia', kind)).toBeGreaterThan(80);
      for (const domain of ['aster', 'birch', 'cedar', 'elder'] as const) expect(share(domain, kind)).toBeLessThan(8);
    }
  });

  it.each(ARTEFACT_KINDS)('show %s as a mark that grows with its strength', (kind) => {
    const { spec } = demoSample(KEY);
    const clean = renderPortrait(spec).data;
    const subtle = renderPortrait(withArtefact(spec, kind, 0.4)).data;
    const obvious = renderPortrait(withArtefact(spec, kind, 1.05)).data;
    expect(changedPixels(clean, subtle, 10)).toBeGreaterThan(100);
    expect(changedPixels(clean, obvious, 24)).toBeGreaterThan(changedPixels(clean, subtle, 24));
    expect(changedPixels(clean, obvious, 24)).toBeGreaterThan(200);
  });
});

describe('the broad set', () => {
  it('draws each artefact in about 45 % of the pictures, independent of the others', () => {
    const drawn = Array.from({ length: 400 }, (_, index) => broadSample(1, index).spec.artefacts);
    for (const kind of ARTEFACT_KINDS) {
      const share = drawn.filter((strengths) => strengths[kind] > 0).length / drawn.length;
      expect(Math.abs(share - 0.45)).toBeLessThan(0.1);
    }
  });
});
