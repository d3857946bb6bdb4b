// The texts of a batch and the loss of stages 1 and 1b. Departs from CLIP: each phrase also competes with phrases that are false of the
// same region.
import { abs, add, exp, log1p, mean, mul, neg, relu, reshape, sub, tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../../src/shared/random.ts';
import { REGIONS } from '../../data/demo/artefacts.ts';
import { falseClaims, phraseOf, trueClaims, twoRegionCaption } from '../../data/demo/captions.ts';
import { GENERIC_PHRASES } from '../../data/demo/phrases.ts';
import { embedding } from '../../ml/kernels/embedding.ts';
import type { ClipModel } from '../../ml/model/clip.ts';
import type { ImageSet } from './images.ts';

/** Phrases of a batch: one true caption per picture, and pairs of a true and a false phrase about one region. */
export interface PhraseBatch {
  /** Unique texts. */
  texts: string[];
  /** Caption of picture i, index into texts. */
  captions: number[];
  /** Pairs: row of the picture, true text, false text. */
  pairs: { row: number; right: number; wrong: number }[];
}

/** The phrases of the pictures at `indices`. */
export function phraseBatch(set: ImageSet, indices: readonly number[], random: RandomStream): PhraseBatch {
  const known = new Map<string, number>();
  const indexOf = (text: string): number => {
    const index = known.get(text) ?? known.size;
    known.set(text, index);
    return index;
  };
  const captions: number[] = [];
  const pairs: PhraseBatch['pairs'] = [];
  for (const [row, index] of indices.entries()) {
    const artefacts = set.artefacts[index] ?? [];
    captions.push(indexOf(random.chance(0.05) ? random.pick(GENERIC_PHRASES) : twoRegionCaption(artefacts, random)));
    for (const region of REGIONS) {
      for (const right of trueClaims(region, artefacts)) {
        for (const wrong of falseClaims(region, artefacts)) {
          pairs.push({
            row,
            right: indexOf(phraseOf(region, right, random, wrong)),
            wrong: indexOf(phraseOf(region, wrong, random, right)),
          });
        }
      }
    }
  }
  return { texts: [...known.keys()], captions, pairs };
}

/** Weighted sum of the symmetric contrastive loss and of the pairs' logistic loss. */
export function phraseLoss(
  clip: ClipModel,
  images: Tensor,
  phrases: PhraseBatch,
  ids: number[][],
  weights: { contrastive: number; pairs: number },
): Tensor {
  const texts = clip.encodeText(ids);
  const logits = clip.logitsPerImage(images, texts);
  const flat = reshape(logits, [-1, 1]);
  const at = (choose: (pair: PhraseBatch['pairs'][number]) => number): Tensor =>
    embedding(
      flat,
      tensor(
        Int32Array.from(phrases.pairs, (pair) => pair.row * phrases.texts.length + choose(pair)),
        [phrases.pairs.length],
        'int32',
      ),
    );
  const margin = sub(at(({ right }) => right), at(({ wrong }) => wrong)); // prettier-ignore
  const pairLoss = mean(add(relu(neg(margin)), log1p(exp(neg(abs(margin))))));
  const captions = embedding(texts, tensor(phrases.captions, [phrases.captions.length], 'int32'));
  return add(mul(clip.contrastiveLoss(images, captions), weights.contrastive), mul(pairLoss, weights.pairs));
}
