// The measured works: what each is called, how large it is, and what it needs at least.
import { DECODER, decoderSpecs, TRUNK, trunkSpecs } from './workload.ts';

export type Work =
  | { kind: 'decode'; rows: number; tokens: number }
  | { kind: 'train'; rows: number; tokens: number }
  | { kind: 'convnext' | 'convnext-train'; batch: number }
  | { kind: 'prpo' };

export interface Case {
  id: string;
  title: string;
  work: Work;
  /** Floating-point operations of the products; 0 where they are not counted. */
  flop: number;
  /** Tokens written or trained on; 0 for pictures. */
  tokens: number;
  /** Least memory traffic: weights and caches read once, optimizer state read and written once. */
  leastBytes: number;
}

const size = (specs: { shape: number[] }[]): number => specs.reduce((sum, { shape }) => sum + shape.reduce((n, d) => n * d, 1), 0);

/** Weights of the products, without embeddings and norms. */
function productWeights(): number {
  const { hiddenSize: C, intermediateSize: F, numLayers: L, vocabSize: V } = DECODER;
  return L * (4 * C * C + 3 * C * F) + V * C;
}

function decodeCase(rows: number, tokens: number): Case {
  const { hiddenSize: C, numLayers: L } = DECODER;
  const keys = (tokens * (tokens + 1)) / 2; // of all steps together
  return {
    id: `decode-${rows}`,
    title: `decode ${rows} x ${tokens} tokens`,
    work: { kind: 'decode', rows, tokens },
    flop: rows * (2 * productWeights() * tokens + 4 * L * C * keys),
    tokens: rows * tokens,
    leastBytes: 4 * (productWeights() * tokens + 2 * rows * L * C * keys),
  };
}

/** 6 per weight and token, and 12 L C T per token for attention, halved because it is causal. */
function trainCase(rows: number, tokens: number): Case {
  const { hiddenSize: C, numLayers: L } = DECODER;
  return {
    id: `train-${rows}x${tokens}`,
    title: `train step ${rows} x ${tokens} tokens`,
    work: { kind: 'train', rows, tokens },
    flop: rows * tokens * (6 * productWeights() + 6 * L * C * tokens),
    tokens: rows * tokens,
    leastBytes: 4 * 10 * size(decoderSpecs()), // weights twice, gradients twice, parameters and both moments in and out
  };
}

/** Products and depthwise convolutions of one picture. */
function trunkFlop(): number {
  const { dims, depths, imageSize } = TRUNK;
  let side = imageSize / 4;
  let flop = 2 * side ** 2 * 48 * (dims[0] ?? 0);
  for (const [stage, C] of dims.entries()) {
    if (stage > 0) {
      side /= 2;
      flop += 2 * side ** 2 * 4 * (dims[stage - 1] ?? 0) * C;
    }
    flop += (depths[stage] ?? 0) * side ** 2 * (2 * 49 * C + 16 * C * C);
  }
  return flop;
}

function trunkCase(kind: 'convnext' | 'convnext-train', batch: number): Case {
  const train = kind === 'convnext-train';
  return {
    id: `${kind}-${batch}`,
    title: `ConvNeXt ${TRUNK.imageSize} px, batch ${batch}, ${train ? 'train step' : 'forward'}`,
    work: { kind, batch },
    flop: batch * trunkFlop() * (train ? 3 : 1),
    tokens: 0,
    leastBytes: 4 * size(trunkSpecs()) * (train ? 10 : 1),
  };
}

const PRPO: Case = {
  id: 'prpo',
  title: 'PRPO step, preset Tiny demo (4 pictures x 8 completions)',
  work: { kind: 'prpo' },
  flop: 0,
  tokens: 0,
  leastBytes: 0,
};

/** One of each kind. */
const QUICK = /^(decode-8|train-|convnext-\d|prpo)/;

/** The works of a run. `small` is for software WebGPU adapters, where plain ops need a minute for a full training step. */
export function benchCases({ small, quick }: { small: boolean; quick: boolean }): Case[] {
  const all = [
    ...[1, 8, 16].map((rows) => decodeCase(rows, small ? 16 : 64)),
    small ? trainCase(1, 64) : trainCase(4, 200),
    trunkCase('convnext', small ? 1 : 8),
    trunkCase('convnext-train', small ? 1 : 8),
    PRPO,
  ];
  return quick ? all.filter(({ id }) => QUICK.test(id)) : all;
}
