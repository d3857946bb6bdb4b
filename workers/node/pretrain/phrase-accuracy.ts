// How well finished towers tell the phrases of an artefact from those of a sound region.
import { matMul, mean, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { RandomStream } from '../../../src/shared/random.ts';
import { REGIONS, type ArtefactKind } from '../../data/demo/artefacts.ts';
import { phraseOf } from '../../data/demo/captions.ts';
import type { ClipModel } from '../../ml/model/clip.ts';
import type { ImageSet } from './images.ts';
import type { NanoParts } from './nano.ts';

/** How well the towers tell a phrase from its opposite: share of pictures with the artefact where it wins, and without. */
export interface PhraseAccuracy {
  kind: ArtefactKind;
  hit: number;
  falseAlarm: number;
}

/** Compares the mean cosine of each kind's abnormal sentences with that of its region's normal ones. @param pooled [N, 1, D] */
export async function phraseAccuracy(parts: NanoParts, clip: ClipModel, set: ImageSet, pooled: Tensor): Promise<PhraseAccuracy[]> {
  const results: PhraseAccuracy[] = [];
  for (const region of REGIONS) {
    for (const kind of region.kinds) {
      const margins = await cosineMargins(parts, clip, pooled, region, kind);
      const present = (i: number) => (set.artefacts[i] ?? []).some((record) => record.kind === kind);
      const clean = (i: number) => !(set.artefacts[i] ?? []).some((record) => region.kinds.some((one) => one === record.kind));
      results.push({ kind, hit: share(margins, present), falseAlarm: share(margins, clean) });
    }
  }
  return results;
}

function share(margins: Float32Array, chosen: (index: number) => boolean): number {
  const of = [...margins.keys()].filter(chosen);
  return of.filter((i) => (margins[i] ?? 0) > 0).length / Math.max(1, of.length);
}

async function cosineMargins(
  parts: NanoParts,
  clip: ClipModel,
  pooled: Tensor,
  region: (typeof REGIONS)[number],
  kind: ArtefactKind,
): Promise<Float32Array> {
  const random = RandomStream.fromText('phrases');
  const features = (claim: ArtefactKind | 'normal') =>
    mean(clip.encodeText(Array.from({ length: 12 }, () => parts.clipTokenizer.encode(phraseOf(region, claim, random)).ids)), 0, true);
  const margins = tidy(() => matMul(clip.imageFeatures(pooled), sub(features(kind), features('normal')), false, true));
  const values = await margins.data<'float32'>();
  margins.dispose();
  return Float32Array.from(values);
}
