// The forward passes in double precision and plain loops: what every peer's first output is checked against.
// Independent of the kernels and of tfjs.
import { complementaryError } from '../../src/shared/metrics/error-function.ts';
import { DECODER, decoderSpecs, forcedTokens, rotaryTables, TRUNK, trunkSpecs, pixels, valuesOf } from './workload.ts';

type Vector = Float64Array<ArrayBuffer>;

function loadWeights(specs: { name: string; shape: number[] }[], values: Map<string, Float32Array>): (name: string) => Float32Array {
  const known = new Set(specs.map(({ name }) => name));
  return (name) => {
    const found = values.get(name);
    if (!known.has(name) || !found) throw new Error(`no weight ${name}`);
    return found;
  };
}

/** y = W x (+ b), W [out, in]. */
function apply(weight: Float32Array, x: Vector, bias?: Float32Array): Vector {
  const inputs = x.length;
  return Float64Array.from({ length: weight.length / inputs }, (_, o) => {
    let sum = bias?.[o] ?? 0;
    for (let i = 0; i < inputs; i++) sum += (weight[o * inputs + i] ?? 0) * (x[i] ?? 0);
    return sum;
  });
}

const plus = (a: Vector, b: Vector): Vector => a.map((value, i) => value + (b[i] ?? 0));

function rmsNorm(x: Vector, weight: Float32Array): Vector {
  const scale = 1 / Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length + DECODER.rmsNormEpsilon);
  return x.map((value, i) => value * scale * (weight[i] ?? 0));
}

/** Rotates every head of one position. */
function rotate(x: Vector, position: number, { cos, sin }: ReturnType<typeof rotaryTables>): Vector {
  const D = DECODER.hiddenSize / DECODER.numHeads;
  return x.map((value, i) => {
    const [head, j] = [Math.floor(i / D) * D, i % D];
    const partner = j < D / 2 ? -(x[head + j + D / 2] ?? 0) : (x[head + j - D / 2] ?? 0);
    return value * (cos[position * D + j] ?? 0) + partner * (sin[position * D + j] ?? 0);
  });
}

function attend(q: Vector, keys: readonly Vector[], values: readonly Vector[]): Vector {
  const D = DECODER.hiddenSize / DECODER.numHeads;
  const out = new Float64Array(q.length);
  for (let head = 0; head < q.length; head += D) {
    const scores = keys.map((key) => {
      let dot = 0;
      for (let j = head; j < head + D; j++) dot += (q[j] ?? 0) * (key[j] ?? 0);
      return Math.exp(dot / Math.sqrt(D));
    });
    const total = scores.reduce((sum, score) => sum + score, 0);
    for (const [t, score] of scores.entries()) {
      for (let j = head; j < head + D; j++) out[j] = (out[j] ?? 0) + (score / total) * (values[t]?.[j] ?? 0);
    }
  }
  return out;
}

/** Logits [V] of the last row after the tokens of `forcedTokens(rows)`. */
export function referenceLogits(rows: number): number[] {
  const specs = decoderSpecs();
  const weight = loadWeights(specs, new Map(specs.map((spec) => [spec.name, valuesOf(spec)])));
  const ids = forcedTokens(rows).map((step) => step[rows - 1] ?? 0);
  const tables = rotaryTables(ids.length);
  const C = DECODER.hiddenSize;
  let x = ids.map((id) => Float64Array.from(weight('model.embed_tokens.weight').subarray(id * C, (id + 1) * C)));
  for (let layer = 0; layer < DECODER.numLayers; layer++) {
    const at = (name: string): Float32Array => weight(`model.layers.${layer}.${name}.weight`);
    const normed = x.map((row) => rmsNorm(row, at('input_layernorm')));
    const keys = normed.map((row, t) => rotate(apply(at('self_attn.k_proj'), row), t, tables));
    const values = normed.map((row) => apply(at('self_attn.v_proj'), row));
    const mixed = normed.map((row, t) => attend(rotate(apply(at('self_attn.q_proj'), row), t, tables), keys.slice(0, t + 1), values));
    const attended = x.map((row, t) => plus(row, apply(at('self_attn.o_proj'), mixed[t] ?? row)));
    x = attended.map((row) => {
      const fed = rmsNorm(row, at('post_attention_layernorm'));
      const [gate, up] = [apply(at('mlp.gate_proj'), fed), apply(at('mlp.up_proj'), fed)];
      const gated = gate.map((value, i) => (value / (1 + Math.exp(-value))) * (up[i] ?? 0));
      return plus(row, apply(at('mlp.down_proj'), gated));
    });
  }
  const last = x.at(-1) ?? new Float64Array(C);
  return [...apply(weight('lm_head.weight'), rmsNorm(last, weight('model.norm.weight')))];
}

/** A picture between two layers: one vector of channels per cell, row-major. */
interface Grid {
  side: number;
  cells: Vector[];
}

function layerNorm(x: Vector, weight: Float32Array, bias: Float32Array): Vector {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  const scale = 1 / Math.sqrt(variance + TRUNK.layerNormEpsilon);
  return x.map((value, i) => (value - mean) * scale * (weight[i] ?? 0) + (bias[i] ?? 0));
}

/** Cells of size x size as one vector each, inner order (channel, row, column). */
function patches({ side, cells }: Grid, size: number): Grid {
  const out = side / size;
  const patch = (p: number): Vector => {
    const [top, left] = [Math.floor(p / out) * size, (p % out) * size];
    const parts = Array.from({ length: size * size }, (_, k) => cells[(top + Math.floor(k / size)) * side + left + (k % size)]);
    const C = parts[0]?.length ?? 0;
    return Float64Array.from({ length: C * size * size }, (_, i) => parts[i % (size * size)]?.[Math.floor(i / (size * size))] ?? 0);
  };
  return { side: out, cells: Array.from({ length: out * out }, (_, p) => patch(p)) };
}

function depthwise({ side, cells }: Grid, weight: Float32Array, bias: Float32Array): Vector[] {
  const [k, pad] = [7, 3];
  return cells.map((cell, p) => {
    const [row, column] = [Math.floor(p / side), p % side];
    const sum = Float64Array.from(cell, (_, c) => bias[c] ?? 0);
    for (let dy = 0; dy < k; dy++) {
      for (let dx = 0; dx < k; dx++) {
        const [y, x] = [row + dy - pad, column + dx - pad];
        if (y < 0 || x < 0 || y >= side || x >= side) continue;
        const from = cells[y * side + x];
        for (let c = 0; c < sum.length; c++) sum[c] = (sum[c] ?? 0) + (from?.[c] ?? 0) * (weight[c * k * k + dy * k + dx] ?? 0);
      }
    }
    return sum;
  });
}

/** x times the normal distribution function. */
const gelu = (x: number): number => 0.5 * x * (x < 0 ? complementaryError(-x / Math.SQRT2) : 2 - complementaryError(x / Math.SQRT2));

/** Vision tokens of the first picture, S * D values. */
export function referenceTokens(): number[] {
  const specs = trunkSpecs();
  const weight = loadWeights(specs, new Map(specs.map((spec) => [spec.name, valuesOf(spec)])));
  const convolve = ({ side, cells }: Grid, name: string): Grid => ({
    side,
    cells: cells.map((cell) => apply(weight(`${name}.weight`), cell, weight(`${name}.bias`))),
  });
  const norm = ({ side, cells }: Grid, name: string): Grid => ({
    side,
    cells: cells.map((cell) => layerNorm(cell, weight(`${name}.weight`), weight(`${name}.bias`))),
  });
  const first = pixels(1);
  const cells = Array.from({ length: TRUNK.imageSize ** 2 }, (_, p) => Float64Array.from(first.subarray(3 * p, 3 * p + 3)));
  let x = norm(convolve(patches({ side: TRUNK.imageSize, cells }, 4), 'stem.0'), 'stem.1');
  for (const [stage, depth] of TRUNK.depths.entries()) {
    const at = `stages.${stage}`;
    if (stage > 0) x = convolve(patches(norm(x, `${at}.downsample.0`), 2), `${at}.downsample.1`);
    for (let block = 0; block < depth; block++) x = trunkBlock(x, `${at}.blocks.${block}`, weight, norm);
  }
  return x.cells.flatMap((cell) => [...cell]);
}

function trunkBlock(x: Grid, name: string, weight: (name: string) => Float32Array, norm: (x: Grid, name: string) => Grid): Grid {
  const mixed = norm(
    { side: x.side, cells: depthwise(x, weight(`${name}.conv_dw.weight`), weight(`${name}.conv_dw.bias`)) },
    `${name}.norm`,
  );
  const gamma = weight(`${name}.gamma`);
  const cells = mixed.cells.map((cell, p) => {
    const hidden = apply(weight(`${name}.mlp.fc1.weight`), cell, weight(`${name}.mlp.fc1.bias`)).map(gelu);
    const update = apply(weight(`${name}.mlp.fc2.weight`), hidden, weight(`${name}.mlp.fc2.bias`));
    return plus(
      x.cells[p] ?? cell,
      update.map((value, c) => value * (gamma[c] ?? 0)),
    );
  });
  return { side: x.side, cells };
}
