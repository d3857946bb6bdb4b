// npm run bench -- precision: what half- and eighth-size weights change while text is written. The built-in model answers pictures
// of the demo's test split (benchmark seed 2) in f32; each of those tokens is then fed to f16 and q8 weights, and the logits are
// compared position by position. On webgpu, the only backend that stores less.
import { dispose, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { fileURLToPath } from 'node:url';
import type { WeightPrecision } from '../../src/shared/config/config.ts';
import { RL_PROMPT } from '../../src/shared/config/prompts.ts';
import { DEMO_DOMAINS } from '../../workers/data/demo/domains.ts';
import { DecodeSession, PackedDecoder } from '../../workers/ml/model/decoder.ts';
import type { DxLlava } from '../../workers/ml/model/dx-llava.ts';
import { Generator } from '../../workers/ml/model/generate.ts';
import { buildPromptRow } from '../../workers/ml/text/template.ts';
import { loadTokenizer } from '../../workers/ml/text/tokenizer.ts';
import { loadWebgpuNode } from '../support/load-webgpu.ts';
import { benchmarkKeys } from '../../workers/node/pretrain/image-keys.ts';
import { batchPixels, renderImages } from '../../workers/node/pretrain/images.ts';
import { loadDxLlavaFolder } from '../parity/model-files.ts';
import { readFile } from 'node:fs/promises';

const FOLDER = fileURLToPath(new URL('../../public/models/dx-llava-nano', import.meta.url));
const SEED = 2;
const BATCH = 8;
const MAX_TOKENS = 110;

export interface PrecisionRow {
  precision: WeightPrecision;
  positions: number;
  maxLogitDifference: number;
  /** Share of positions where the largest logit is the same. */
  tokenAgreement: number;
  /** Share of answers that come out word for word the same when each precision writes on its own. */
  equalAnswers: number;
}

interface Tally {
  positions: number;
  largest: number;
  agreeing: number;
  equal: number;
  answers: number;
}

/** @param count pictures, a multiple of ten */
export async function measurePrecision(count: number): Promise<PrecisionRow[]> {
  const { adapter } = await loadWebgpuNode();
  const loaded = await loadDxLlavaFolder(FOLDER);
  const tokenizer = loadTokenizer(await readFile(`${FOLDER}/tokenizer.json`, 'utf8'));
  const promptIds = buildPromptRow({ template: 'v1', question: RL_PROMPT, tokenizer });
  const keys = benchmarkKeys(SEED, DEMO_DOMAINS, 'test', count / 10);
  const images = await renderImages(keys, loaded.config.vision.imageSize);
  const tallies = new Map<WeightPrecision, Tally>();
  for (let start = 0; start < keys.length; start += BATCH) {
    const indices = Array.from({ length: Math.min(BATCH, keys.length - start) }, (_, i) => start + i);
    await compareBatch(loaded.model, promptIds, batchPixels(images, indices), indices.length, tallies);
  }
  loaded.dispose();
  console.log(`${adapter.description}: ${keys.length} answers of dx-llava-nano, demo test split, seed ${SEED}`);
  return [...tallies].map(([precision, tally]) => rowOf(precision, tally));
}

const rowOf = (precision: WeightPrecision, { positions, largest, agreeing, equal, answers }: Tally): PrecisionRow => {
  const row = {
    precision,
    positions,
    maxLogitDifference: largest,
    tokenAgreement: agreeing / positions,
    equalAnswers: equal / answers,
  };
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  console.log(
    `  ${precision}: ${positions} positions, largest logit difference ${largest.toFixed(4)}, same token ${percent(row.tokenAgreement)}, same answer ${percent(row.equalAnswers)}`,
  );
  return row;
};

async function compareBatch(
  model: DxLlava,
  promptIds: Int32Array,
  values: Float32Array,
  rows: number,
  tallies: Map<WeightPrecision, Tally>,
): Promise<void> {
  const { imageSize } = model.config.vision;
  const vision = tidy(() => model.encodeImages(tensor(values, [rows, imageSize, imageSize, 3])));
  const prompts = Array.from({ length: rows }, (_, image) => ({ ids: promptIds, image }));
  const written = await write(model, prompts, vision, 'f32');
  const exact = await forcedLogits(model, prompts, vision, written, 'f32');
  for (const precision of ['f16', 'q8'] as const) {
    const tally = tallies.get(precision) ?? { positions: 0, largest: 0, agreeing: 0, equal: 0, answers: 0 };
    compare(exact, await forcedLogits(model, prompts, vision, written, precision), written, tally);
    const own = await write(model, prompts, vision, precision);
    tally.equal += own.filter((ids, row) => ids.join() === written[row]?.join()).length;
    tally.answers += rows;
    tallies.set(precision, tally);
  }
  vision.dispose();
}

type Prompts = { ids: Int32Array; image: number }[];

async function write(model: DxLlava, prompts: Prompts, vision: Tensor, precision: WeightPrecision): Promise<number[][]> {
  const generator = new Generator(model, precision);
  const completions = await generator.generate(prompts, vision, { temperature: 0, topP: 1, seed: 1, maxNewTokens: MAX_TOKENS });
  generator.dispose();
  return completions.map(({ ids }) => ids);
}

/** Logits [R * V] before each next token, the given tokens being fed. */
async function forcedLogits(
  model: DxLlava,
  prompts: Prompts,
  vision: Tensor,
  written: readonly number[][],
  precision: WeightPrecision,
): Promise<Float32Array[]> {
  const decoder = new PackedDecoder(model.language, precision);
  const layout = model.layout(prompts);
  const embeddings = model.embed(layout, vision);
  const longest = Math.max(...written.map((ids) => ids.length));
  const promptOfRow = prompts.map((_, p) => p);
  const { session, logits } = DecodeSession.open(decoder, { embeddings, lengths: layout.lengths, promptOfRow, maxNewTokens: longest });
  const all = [await logits.data<'float32'>()];
  for (let step = 0; step + 1 < longest; step++) {
    const ids = tensor(Int32Array.from(written, (row) => row[step] ?? 0), [written.length], 'int32'); // prettier-ignore
    const next = session.step(ids);
    all.push(await next.data<'float32'>());
    dispose([ids, next]);
  }
  dispose([embeddings, logits]);
  session.dispose();
  decoder.dispose();
  return all;
}

function compare(exact: Float32Array[], rounded: Float32Array[], written: readonly number[][], tally: Tally): void {
  for (const [step, want] of exact.entries()) {
    const got = rounded[step];
    const V = want.length / written.length;
    for (const [row, ids] of written.entries()) {
      if (!got || step >= ids.length) continue;
      const [a, b] = [want.subarray(row * V, (row + 1) * V), got.subarray(row * V, (row + 1) * V)];
      tally.positions++;
      tally.largest = a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? NaN))), tally.largest);
      tally.agreeing += Number(a.indexOf(Math.max(...a)) === b.indexOf(Math.max(...b)));
    }
  }
}
