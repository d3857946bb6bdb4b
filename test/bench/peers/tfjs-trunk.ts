// The ConvNeXt trunk in plain tfjs ops, NHWC.
import {
  add,
  conv2d,
  depthwiseConv2d,
  dispose,
  erf,
  matMul,
  mean,
  mul,
  reshape,
  rsqrt,
  square,
  sub,
  tensor,
  tidy,
  train,
  transpose,
  variable,
  type Rank,
  type Tensor,
  type Tensor4D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { ADAM, LEARNING_RATE, pixels, TRUNK, trunkSpecs, valuesOf } from '../workload.ts';
import type { PreparedWork } from './peer.ts';

type Parameters = (name: string) => Tensor;

/** A parameter in tfjs' layout: filters [k, k, in, out], depthwise [k, k, C, 1], linear [in, out]. */
function inTfjsLayout(values: Float32Array, shape: number[], name: string): Tensor {
  const loaded = tensor(values, shape);
  if (shape.length === 4) return transpose(loaded, name.includes('conv_dw') ? [2, 3, 0, 1] : [2, 3, 1, 0]);
  return shape.length === 2 ? transpose(loaded) : loaded;
}

function createParameters(): { variables: Variable[]; get: Parameters } {
  const byName = new Map(
    trunkSpecs().map((spec): [string, Variable] => [spec.name, tidy(() => variable(inTfjsLayout(valuesOf(spec), spec.shape, spec.name)))]),
  );
  const get: Parameters = (name) => {
    const found = byName.get(name);
    if (!found) throw new Error(`no parameter ${name}`);
    return found;
  };
  return { variables: [...byName.values()], get };
}

function layerNorm(x: Tensor, name: string, get: Parameters): Tensor {
  const centred = sub(x, mean(x, -1, true));
  const scaled = mul(centred, rsqrt(add(mean(square(centred), -1, true), TRUNK.layerNormEpsilon)));
  return add(mul(scaled, get(`${name}.weight`)), get(`${name}.bias`));
}

const gelu = (x: Tensor): Tensor => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));

const patchConvolution = (x: Tensor, name: string, size: number, get: Parameters): Tensor =>
  add(conv2d(x as Tensor4D, get(`${name}.weight`) as Tensor4D, size, 'valid'), get(`${name}.bias`));

function block(x: Tensor, name: string, get: Parameters): Tensor {
  const [B = 0, side = 0, , C = 0] = x.shape;
  const convolved = depthwiseConv2d(x as Tensor4D, get(`${name}.conv_dw.weight`) as Tensor4D, 1, 'same');
  const mixed = layerNorm(add(convolved, get(`${name}.conv_dw.bias`)), `${name}.norm`, get);
  const hidden = gelu(add(matMul(reshape(mixed, [B * side * side, C]), get(`${name}.mlp.fc1.weight`)), get(`${name}.mlp.fc1.bias`)));
  const update = add(matMul(hidden, get(`${name}.mlp.fc2.weight`)), get(`${name}.mlp.fc2.bias`));
  return add(x, reshape(mul(update, get(`${name}.gamma`)), x.shape));
}

/** Vision tokens as [B, side, side, D]. */
function encode(images: Tensor, get: Parameters): Tensor {
  return tidy(() => {
    let x = layerNorm(patchConvolution(images, 'stem.0', 4, get), 'stem.1', get);
    for (const [stage, depth] of TRUNK.depths.entries()) {
      const at = `stages.${stage}`;
      if (stage > 0) x = patchConvolution(layerNorm(x, `${at}.downsample.0`, get), `${at}.downsample.1`, 2, get);
      for (let i = 0; i < depth; i++) x = block(x, `${at}.blocks.${i}`, get);
    }
    return x;
  });
}

const imageTensor = (batch: number): Tensor => tensor(pixels(batch), [batch, TRUNK.imageSize, TRUNK.imageSize, 3]);

export function prepareTrunk(batch: number): PreparedWork {
  const { variables, get } = createParameters();
  const images = imageTensor(batch);
  const forward = async (): Promise<number[]> => {
    const tokens = encode(images, get);
    const values = await tokens.data<'float32'>();
    tokens.dispose();
    return [...values.subarray(0, values.length / batch)];
  };
  const run = async () => {
    await forward();
    return {};
  };
  return { run, verify: forward, dispose: () => dispose([...variables, images]) };
}

export function prepareTrunkTraining(batch: number): PreparedWork {
  const { variables, get } = createParameters();
  const images = imageTensor(batch);
  const optimizer = train.adam(LEARNING_RATE, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const run = async () => {
    const cost = optimizer.minimize(() => tidy(() => reshape<Rank.R0>(mean(square(sub(encode(images, get), 1))), [])), true, variables);
    if (!cost) throw new Error('tfjs gave no loss');
    const [value] = await cost.data();
    cost.dispose();
    return { loss: value };
  };
  const release = (): void => {
    optimizer.dispose();
    dispose([...variables, images]);
  };
  return { run, dispose: release };
}
