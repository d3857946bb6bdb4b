// Which picture of the generator is meant, before anything is drawn.
import type { Label } from '../../../src/shared/domain/sample.ts';
import { broadSample, demoSample, type DemoKey, type DemoSample } from '../../data/demo/generate.ts';

/** One picture to draw: of the broad set, or of the benchmark. */
export type ImageKey = { broad: number; seed: number; probability?: number } | DemoKey;

/** The picture and its artefacts, not yet drawn. */
export function sampleOf(key: ImageKey): DemoSample {
  return 'broad' in key ? broadSample(key.seed, key.broad, key.probability) : demoSample(key);
}

/** Keys of one split and domain: `perClass` fakes, then as many reals. */
export function benchmarkKeys(seed: number, domains: readonly DemoKey['domain'][], split: DemoKey['split'], perClass: number): DemoKey[] {
  const labels: Label[] = ['fake', 'real'];
  return domains.flatMap((domain) =>
    labels.flatMap((label) => Array.from({ length: perClass }, (_, index) => ({ seed, domain, split, label, index }))),
  );
}
