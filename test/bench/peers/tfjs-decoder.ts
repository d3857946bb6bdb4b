// The decoder in plain tfjs ops. Weights are stored [in, out]: tfjs-wasm multiplies transposed matrices ten times slower.
import {
  add,
  cast,
  concat,
  dispose,
  gather,
  keep,
  logSoftmax,
  matMul,
  mean,
  mul,
  multinomial,
  neg,
  oneHot,
  reshape,
  rsqrt,
  sigmoid,
  slice,
  softmax,
  split,
  square,
  stack,
  sum,
  tensor,
  tensor2d,
  tidy,
  train,
  transpose,
  variable,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { ADAM, DECODER, decoderSpecs, forcedTokens, LEARNING_RATE, rotaryTables, tokenBatch, transposed, valuesOf } from '../workload.ts';
import type { PreparedWork } from './peer.ts';

const { hiddenSize: C, numHeads: H, numLayers, vocabSize: V, rmsNormEpsilon } = DECODER;
const D = C / H;
const MASKED = -1e9;

/** Looks a parameter up by its PyTorch name. */
type Parameters = (name: string) => Tensor;

function createParameters(): { variables: Variable[]; get: Parameters } {
  const byName = new Map(
    decoderSpecs().map((spec): [string, Variable] => {
      const [rows = 0, columns = 0] = spec.shape;
      const isLinear = spec.shape.length === 2 && !spec.name.includes('embed_tokens');
      const values = isLinear ? transposed(valuesOf(spec), rows, columns) : valuesOf(spec);
      return [spec.name, tidy(() => variable(tensor(values, isLinear ? [columns, rows] : spec.shape)))];
    }),
  );
  const get: Parameters = (name) => {
    const found = byName.get(`${name}.weight`);
    if (!found) throw new Error(`no parameter ${name}`);
    return found;
  };
  return { variables: [...byName.values()], get };
}

const rmsNorm = (x: Tensor, weight: Tensor): Tensor => mul(mul(x, rsqrt(add(mean(square(x), -1, true), rmsNormEpsilon))), weight);

function rotate(x: Tensor, cos: Tensor, sin: Tensor): Tensor {
  const [a, b] = split(x, 2, -1);
  if (!a || !b) throw new Error('split gave fewer than two parts');
  return add(mul(x, cos), mul(concat([neg(b), a], -1), sin));
}

/** [B * T, C] -> [B, H, T, D] */
const heads = (x: Tensor, B: number, T: number): Tensor => transpose(reshape(x, [B, T, H, D]), [0, 2, 1, 3]);

/** Appends to a cache or passes through; returns what attention sees. */
type KeyValueStore = (layer: number, keys: Tensor, values: Tensor) => [Tensor, Tensor];

/** Everything between embedding and final norm. @param x [B * T, C] */
function layers(
  x: Tensor,
  get: Parameters,
  shape: { B: number; T: number },
  rotary: [Tensor, Tensor],
  mask: Tensor | null,
  store: KeyValueStore,
): Tensor {
  const { B, T } = shape;
  let out = x;
  for (let layer = 0; layer < numLayers; layer++) {
    const at = (name: string): Tensor => get(`model.layers.${layer}.${name}`);
    const h = rmsNorm(out, at('input_layernorm'));
    const project = (name: string): Tensor => heads(matMul(h, at(`self_attn.${name}`)), B, T);
    const q = rotate(project('q_proj'), ...rotary);
    const [keys, values] = store(layer, rotate(project('k_proj'), ...rotary), project('v_proj'));
    const scores = mul(matMul(q, keys, false, true), 1 / Math.sqrt(D));
    const mixed = matMul(softmax(mask ? add(scores, mask) : scores), values);
    const attended = add(out, matMul(reshape(transpose(mixed, [0, 2, 1, 3]), [B * T, C]), at('self_attn.o_proj')));
    const fed = rmsNorm(attended, at('post_attention_layernorm'));
    const gate = matMul(fed, at('mlp.gate_proj'));
    const gated = mul(mul(gate, sigmoid(gate)), matMul(fed, at('mlp.up_proj')));
    out = add(attended, matMul(gated, at('mlp.down_proj')));
  }
  return out;
}

const logitsOf = (x: Tensor, get: Parameters): Tensor => matMul(rmsNorm(x, get('model.norm')), get('lm_head'));

/** [1, 1, T, D] tables of positions from `first` on. */
function rotaryTensors(first: number, T: number): [Tensor, Tensor] {
  const { cos, sin } = rotaryTables(first + T);
  const table = (values: Float32Array): Tensor => tensor(values.slice(first * D), [1, 1, T, D]);
  return [table(cos), table(sin)];
}

function causalMask(T: number): Tensor {
  return tensor(Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? MASKED : 0)), [1, 1, T, T]); // prettier-ignore
}

/** Forward, backward and tfjs' own Adam. */
export function prepareTraining(B: number, T: number, oneHotEmbedding: boolean): PreparedWork {
  const { variables, get } = createParameters();
  const optimizer = train.adam(LEARNING_RATE, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const batch = tokenBatch(B, T);
  const ids = tensor(batch.ids, [B * T], 'int32');
  // The cast is needed: tfjs-wasm's oneHot writes integers whatever type is asked for.
  const hot = (of: Tensor): Tensor => tidy(() => cast(oneHot(of, V), 'float32'));
  const inputs = oneHotEmbedding ? hot(ids) : ids;
  const targets = tidy(() => hot(tensor(batch.targets, [B * T], 'int32')));
  const rotary = rotaryTensors(0, T);
  const mask = causalMask(T);
  const embed = (): Tensor => (oneHotEmbedding ? matMul(inputs, get('model.embed_tokens')) : gather(get('model.embed_tokens'), inputs));
  const loss = () =>
    tidy(() => {
      const hidden = layers(embed(), get, { B, T }, rotary, mask, (_, keys, values) => [keys, values]);
      return reshape<Rank.R0>(neg(mean(sum(mul(logSoftmax(logitsOf(hidden, get)), targets), -1))), []);
    });
  const run = async () => {
    const cost = optimizer.minimize(loss, true, variables);
    if (!cost) throw new Error('tfjs gave no loss');
    const [value] = await cost.data();
    cost.dispose();
    return { loss: value };
  };
  const release = (): void => {
    optimizer.dispose();
    dispose([...variables, ids, inputs, targets, ...rotary, mask]);
  };
  return { run, dispose: release };
}

/** Caches that grow by concatenation, as tfjs has no in-place writes. Owns its tensors. */
class GrowingCache {
  #keys: Tensor[] = [];
  #values: Tensor[] = [];

  readonly append: KeyValueStore = (layer, keys, values) => {
    this.#keys[layer] = grown(this.#keys[layer], keys);
    this.#values[layer] = grown(this.#values[layer], values);
    return [this.#keys[layer], this.#values[layer]];
  };

  dispose(): void {
    dispose([...this.#keys, ...this.#values]);
  }
}

function grown(cache: Tensor | undefined, more: Tensor): Tensor {
  const next = keep(cache ? concat([cache, more], 2) : more.clone());
  cache?.dispose();
  return next;
}

/** Logits of one position. @param ids int32 [R] */
function decodeStep(get: Parameters, ids: Tensor, position: number, cache: GrowingCache, tables: [Tensor, Tensor]): Tensor {
  return tidy(() => {
    const [R = 0] = ids.shape;
    const at = (table: Tensor): Tensor => slice(table, [0, 0, position, 0], [1, 1, 1, D]);
    const embedded = gather(get('model.embed_tokens'), ids as Tensor1D);
    return logitsOf(layers(embedded, get, { B: R, T: 1 }, [at(tables[0]), at(tables[1])], null, cache.append), get);
  });
}

/** Samples on the backend; the tokens are read once, at the end. */
export function prepareDecode(rows: number, tokens: number): PreparedWork {
  const { variables, get } = createParameters();
  const tables = rotaryTensors(0, tokens);
  const run = async () => {
    const cache = new GrowingCache();
    let ids: Tensor = tensor(new Int32Array(rows).fill(1), [rows], 'int32');
    const first = ids;
    const written: Tensor[] = [];
    for (let step = 0; step < tokens; step++) {
      const logits = decodeStep(get, ids, step, cache, tables);
      ids = tidy(() => reshape(multinomial(logits as Tensor2D, 1, step + 1), [rows]));
      logits.dispose();
      written.push(ids);
    }
    const all = stack(written);
    await all.data();
    cache.dispose();
    dispose([all, first, ...written]);
    return {};
  };
  return { run, verify: () => forcedLogits(get, rows, tables), dispose: () => dispose([...variables, ...tables]) };
}

async function forcedLogits(get: Parameters, rows: number, tables: [Tensor, Tensor]): Promise<number[]> {
  const cache = new GrowingCache();
  let logits: Tensor = tensor2d([[0]]);
  for (const [position, step] of forcedTokens(rows).entries()) {
    const ids = tensor(Int32Array.from(step), [rows], 'int32');
    logits.dispose();
    logits = decodeStep(get, ids, position, cache, tables);
    ids.dispose();
  }
  const values = await logits.data();
  cache.dispose();
  logits.dispose();
  return [...values].slice(-V);
}
