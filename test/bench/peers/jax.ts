// jax-js, jitted: the peer that trains fastest in a browser.
// Ownership is jax-js' own: every use of an array but the last takes `.ref`.
import { defaultDevice, init, jit, nn, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax';
import type { Case } from '../cases.ts';
import type { Platform } from '../hosts/platform.ts';
import { describeAdapter, requestFastAdapter } from '../../../workers/ml/backends/webgpu/probe-adapter.ts';
import { ADAM, DECODER, decoderSpecs, forcedTokens, LEARNING_RATE, rotaryTables, tokenBatch, transposed, valuesOf } from '../workload.ts';
import type { Peer, PeerSpec, PreparedWork } from './peer.ts';

type JaxArray = np.Array;
type Named = Record<string, JaxArray>;

const { hiddenSize: C, numHeads: H, numLayers, vocabSize: V, rmsNormEpsilon } = DECODER;
const D = C / H;
const MASKED = -1e9;

export async function openJax({ backend }: PeerSpec, platform: Platform): Promise<Peer> {
  const device = backend === 'webgpu' ? 'webgpu' : 'wasm';
  if (device === 'webgpu') await platform.installWebgpu();
  const available = await init(device);
  if (!available.includes(device)) throw new Error(`jax-js offers ${available.join(', ')} here, not ${device}`);
  defaultDevice(device);
  const adapter = device === 'webgpu' ? await requestFastAdapter() : null;
  const probe = adapter ? describeAdapter(adapter) : null;
  return {
    description: `jax-js, jitted, ${probe ? `webgpu on ${probe.description}` : 'wasm'}`,
    realGpu: probe !== null && !probe.fallback,
    prepare: (work) => Promise.resolve(prepare(work)),
  };
}

function prepare(work: Case['work']): PreparedWork {
  switch (work.kind) {
    case 'decode':
      return prepareDecode(work.rows, work.tokens);
    case 'train':
      return prepareTraining(work.rows, work.tokens);
    case 'convnext':
    case 'convnext-train':
      throw new Error('no ConvNeXt was written for jax-js');
    case 'prpo':
      throw new Error('no peer is known that does a PRPO step in a browser');
  }
}

const array = (values: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>, shape: number[]): JaxArray => np.array(values).reshape(shape);

/** Parameters by PyTorch name without `.weight`; linear layers as [in, out]. */
function createParameters(): Named {
  return Object.fromEntries(
    decoderSpecs().map((spec) => {
      const [rows = 0, columns = 0] = spec.shape;
      const isLinear = spec.shape.length === 2 && !spec.name.includes('embed_tokens');
      const values = isLinear ? array(transposed(valuesOf(spec), rows, columns), [columns, rows]) : array(valuesOf(spec), spec.shape);
      return [spec.name.replace(/\.weight$/, ''), values];
    }),
  );
}

/** Each parameter is used once in a pass, so handing it out gives it away. */
function take(parameters: Named, name: string): JaxArray {
  const found = parameters[name];
  if (!found) throw new Error(`no parameter ${name}`);
  return found;
}

const rmsNorm = (x: JaxArray, weight: JaxArray): JaxArray =>
  x.ref.mul(np.reciprocal(np.sqrt(np.square(x).mean(-1, { keepdims: true }).add(rmsNormEpsilon)))).mul(weight);

/** @param x [N, T, D]; tables [T, D], not consumed */
function rotate(x: JaxArray, cos: JaxArray, sin: JaxArray): JaxArray {
  const [a, b] = np.split(x.ref, 2, -1);
  if (!a || !b) throw new Error('split gave fewer than two parts');
  return x.mul(cos.ref).add(np.concatenate([b.neg(), a], -1).mul(sin.ref));
}

/** Puts new keys and values where attention finds them. */
type KeyValueStore = (layer: number, keys: JaxArray, values: JaxArray) => [JaxArray, JaxArray];

interface Tables {
  cos: JaxArray;
  sin: JaxArray;
  mask: JaxArray;
}

/** Logits [B * T, V]. Consumes parameters and tables. @param x [B * T, C], consumed */
function logitsOf(parameters: Named, x: JaxArray, { cos, sin, mask }: Tables, B: number, T: number, store: KeyValueStore): JaxArray {
  const heads = (t: JaxArray): JaxArray =>
    t
      .reshape([B, T, H, D])
      .transpose([0, 2, 1, 3])
      .reshape([B * H, T, D]);
  let out = x;
  for (let layer = 0; layer < numLayers; layer++) {
    const at = (name: string): JaxArray => take(parameters, `model.layers.${layer}.${name}`);
    const h = rmsNorm(out.ref, at('input_layernorm'));
    const q = rotate(heads(np.matmul(h.ref, at('self_attn.q_proj'))), cos, sin);
    const k = rotate(heads(np.matmul(h.ref, at('self_attn.k_proj'))), cos, sin);
    const [keys, values] = store(layer, k, heads(np.matmul(h, at('self_attn.v_proj'))));
    const weights = nn.softmax(np.matmul(q, keys.transpose([0, 2, 1])).mul(1 / Math.sqrt(D)).add(mask.ref), -1); // prettier-ignore
    const mixed = np
      .matmul(weights, values)
      .reshape([B, H, T, D])
      .transpose([0, 2, 1, 3])
      .reshape([B * T, C]);
    const attended = out.add(np.matmul(mixed, at('self_attn.o_proj')));
    const fed = rmsNorm(attended.ref, at('post_attention_layernorm'));
    const gated = nn.silu(np.matmul(fed.ref, at('mlp.gate_proj'))).mul(np.matmul(fed, at('mlp.up_proj')));
    out = attended.add(np.matmul(gated, at('mlp.down_proj')));
  }
  for (const used of [cos, sin, mask]) used.dispose();
  return np.matmul(rmsNorm(out, take(parameters, 'model.norm')), take(parameters, 'lm_head'));
}

function oneHot(ids: ArrayLike<number>): JaxArray {
  const values = new Float32Array(ids.length * V);
  for (let i = 0; i < ids.length; i++) values[i * V + (ids[i] ?? 0)] = 1;
  return array(values, [ids.length, V]);
}

function trainingTables(T: number): Tables {
  const { cos, sin } = rotaryTables(T);
  const mask = Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? MASKED : 0));
  return { cos: array(cos, [T, D]), sin: array(sin, [T, D]), mask: array(mask, [T, T]) };
}

/** One jitted function: value and gradient of all parameters, then Adam. */
function trainingStep(B: number, T: number) {
  const loss = (parameters: Named, inputs: JaxArray, targets: JaxArray, tables: Tables): JaxArray => {
    const x = np.matmul(inputs, take(parameters, 'model.embed_tokens'));
    const logits = logitsOf(parameters, x, tables, B, T, (_, keys, values) => [keys, values]);
    return nn.logSoftmax(logits, -1).mul(targets).sum(-1).mean().neg();
  };
  return jit(
    (
      p: Named,
      m: Named,
      v: Named,
      rate: JaxArray,
      epsilon: JaxArray,
      inputs: JaxArray,
      targets: JaxArray,
      tables: Tables,
    ): [Named, Named, Named, JaxArray] => {
      const [value, gradients] = valueAndGrad(loss)(tree.ref(p), inputs, targets, tables);
      const [newP, newM, newV]: [Named, Named, Named] = [{}, {}, {}];
      for (const name of Object.keys(p)) {
        const g = take(gradients, name);
        const first = take(m, name)
          .mul(ADAM.beta1)
          .add(g.ref.mul(1 - ADAM.beta1));
        const second = take(v, name)
          .mul(ADAM.beta2)
          .add(np.square(g).mul(1 - ADAM.beta2));
        newM[name] = first.ref;
        newV[name] = second.ref;
        newP[name] = take(p, name).sub(rate.ref.mul(first).div(np.sqrt(second).add(epsilon.ref)));
      }
      rate.dispose();
      epsilon.dispose();
      return [newP, newM, newV, value];
    },
  );
}

function prepareTraining(B: number, T: number): PreparedWork {
  const step = trainingStep(B, T);
  const batch = tokenBatch(B, T);
  const [inputs, targets, tables] = [oneHot(batch.ids), oneHot(batch.targets), trainingTables(T)];
  const parameters = createParameters();
  const zeros = (): Named => Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, np.zeros(shape)]));
  let state = { p: parameters, m: zeros(), v: zeros() };
  let updates = 0;
  const run = async () => {
    updates++;
    // Both bias corrections in the rate and in epsilon: sqrt(v / c) + e = (sqrt(v) + e sqrt(c)) / sqrt(c).
    const correction = Math.sqrt(1 - ADAM.beta2 ** updates);
    const rate = np.array([(LEARNING_RATE * correction) / (1 - ADAM.beta1 ** updates)]);
    const epsilon = np.array([ADAM.epsilon * correction]);
    const [p, m, v, loss] = step(state.p, state.m, state.v, rate, epsilon, inputs.ref, targets.ref, tree.ref(tables));
    state = { p, m, v };
    const [value] = await loss.data();
    return { loss: value };
  };
  const release = (): void => {
    for (const owned of [state.p, state.m, state.v]) tree.dispose(owned);
    for (const owned of [inputs, targets, tables]) tree.dispose(owned);
  };
  return { run, dispose: release };
}

/** What one position of a decode of S positions needs besides the token. */
interface PositionInputs {
  tables: Tables;
  /** [S, 1], 1 at the position: where keys and values are written. */
  row: JaxArray;
}

function positionInputs(S: number): PositionInputs[] {
  const { cos, sin } = rotaryTables(S);
  return Array.from({ length: S }, (_, t) => {
    const slice = (table: Float32Array): JaxArray => array(Float32Array.from(table.subarray(t * D, (t + 1) * D)), [1, D]);
    const mask = array(Float32Array.from({ length: S }, (_, j) => (j > t ? MASKED : 0)), [1, S]); // prettier-ignore
    const row = array(Float32Array.from({ length: S }, (_, j) => (j === t ? 1 : 0)), [S, 1]); // prettier-ignore
    return { tables: { cos: slice(cos), sin: slice(sin), mask }, row };
  });
}

/** Logits and caches after one token per row; caches [B * H, S, D] are written through a one-hot row. */
function decodeStep(R: number) {
  return jit(
    (p: Named, ids: JaxArray, inputs: PositionInputs, keys: JaxArray[], values: JaxArray[]): [JaxArray, JaxArray[], JaxArray[]] => {
      const [newKeys, newValues]: [JaxArray[], JaxArray[]] = [[], []];
      const write = (cache: JaxArray | undefined, x: JaxArray, into: JaxArray[]): JaxArray => {
        if (!cache) throw new Error('a layer has no cache');
        const written = cache.add(inputs.row.ref.mul(x));
        into.push(written.ref);
        return written;
      };
      const x = np.take(take(p, 'model.embed_tokens'), ids, 0);
      const logits = logitsOf(p, x, inputs.tables, R, 1, (layer, k, v) => [
        write(keys[layer], k, newKeys),
        write(values[layer], v, newValues),
      ]);
      inputs.row.dispose();
      return [logits, newKeys, newValues];
    },
  );
}

/** Samples by the library's own Gumbel-max; tokens are read once, at the end. */
function prepareDecode(R: number, S: number): PreparedWork {
  const parameters = createParameters();
  const positions = positionInputs(S);
  const step = decodeStep(R);
  const sample = jit((key: JaxArray, logits: JaxArray) => random.categorical(key, logits));
  const caches = (): JaxArray[] => Array.from({ length: numLayers }, () => np.zeros([R * H, S, D]));
  let seed = 0;
  const decode = async (length: number, next: (logits: JaxArray, position: number) => JaxArray, first: JaxArray): Promise<void> => {
    let [ids, keys, values] = [first, caches(), caches()];
    for (const position of positions.slice(0, length)) {
      const [logits, newKeys, newValues] = step(tree.ref(parameters), ids, tree.ref(position), keys, values);
      [keys, values] = [newKeys, newValues];
      ids = next(logits, positions.indexOf(position));
    }
    await ids.data();
    for (const owned of [keys, values]) tree.dispose(owned);
  };
  const run = async () => {
    const written: JaxArray[] = [];
    const next = (logits: JaxArray): JaxArray => {
      const ids = sample(random.key(++seed), logits);
      written.push(ids.ref);
      return ids;
    };
    await decode(S, next, np.array(new Int32Array(R).fill(1)));
    await np.stack(written).data();
    return {};
  };
  const verify = async (): Promise<number[]> => {
    const forced = forcedTokens(R);
    let last: JaxArray | undefined;
    const next = (logits: JaxArray, position: number): JaxArray => {
      if (position === forced.length - 1) last = logits;
      else logits.dispose();
      return np.array(Int32Array.from(forced[position + 1] ?? [0]));
    };
    await decode(forced.length, next, np.array(Int32Array.from(forced[0] ?? [])));
    return last ? [...(await last.data())].slice(-V) : [];
  };
  return { run, verify, dispose: () => [parameters, positions].forEach((owned) => tree.dispose(owned)) };
}
