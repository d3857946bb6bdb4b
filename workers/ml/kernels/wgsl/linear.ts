// Linear layers, alone and several of one input, their gradients, and the plain column sum.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { rowsOf, width } from '../define-op.ts';
import { indices, JOINT_COUNTS } from '../joint-linear.ts';
import { columnSum, sumOfRows } from './column-sums.ts';
import { runProducts } from './matmul.ts';
import type { Output, Term } from './matmul-job.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerLinear(): void {
  registerWgslKernel('FLinear', linear);
  registerWgslKernel('FLinearGradX', (call) => gradX(call, ['']));
  registerWgslKernel('FLinearGradWeight', (call) => gradWeights(call, [''])[0] ?? []);
  for (const count of JOINT_COUNTS) {
    const parts = indices(count).map(String);
    registerWgslKernel(`FLinears${count}`, (call) => linears(call, parts));
    registerWgslKernel(`FLinears${count}GradX`, (call) => gradX(call, parts));
    registerWgslKernel(`FLinears${count}GradWeights`, (call) => gradWeights(call, parts));
  }
  registerWgslKernel('FSwigluLinear', swigluLinear);
  registerWgslKernel('FColumnSum', (call) => {
    const shape = call.shape('x');
    return columnSum(call.runner, sumOfRows(call.input('x'), rowsOf(shape), width(shape)));
  });
}

const optional = (call: WgslCall, name: string): TensorInfo | undefined => (call.has(name) ? call.input(name) : undefined);

/** x W^T for the weight of this name. */
function forward(call: WgslCall, weight: string): Output {
  const [a, b] = [call.input('x'), call.input(weight)];
  const [m, n, k] = [rowsOf(a.shape), b.shape[0] ?? 0, width(a.shape)];
  return { out: call.output([...a.shape.slice(0, -1), n]), m, n, terms: [{ a, b, k }] };
}

function linear(call: WgslCall): TensorInfo {
  const output = forward(call, 'weight');
  const [bias, residual] = [optional(call, 'bias'), optional(call, 'residual')];
  runProducts(call.runner, { outputs: [output], transposeA: false, transposeB: true, bias, residual });
  return output.out;
}

function linears(call: WgslCall, parts: readonly string[]): TensorInfo[] {
  const outputs = parts.map((part) => forward(call, `weight${part}`));
  runProducts(call.runner, { outputs, transposeA: false, transposeB: true });
  return outputs.map(({ out }) => out);
}

function swigluLinear(call: WgslCall): TensorInfo[] {
  const [gate, up] = [forward(call, 'gateWeight'), forward(call, 'upWeight')];
  const gated = call.output(gate.out.shape);
  runProducts(call.runner, { outputs: [gate, up], transposeA: false, transposeB: true, gated });
  return [gated, gate.out, up.out];
}

/** dx [N, K] = sum of dy [N, O] W [O, K]. */
function gradX(call: WgslCall, parts: readonly string[]): TensorInfo {
  const terms = parts.map((part): Term => {
    const a = call.input(`dy${part}`);
    return { a, b: call.input(`weight${part}`), k: width(a.shape) };
  });
  const { shape } = call.input(`dy${parts[0] ?? ''}`);
  const n = width(call.shape(`weight${parts[0] ?? ''}`));
  const out = call.output([...shape.slice(0, -1), n]);
  runProducts(call.runner, { outputs: [{ out, m: rowsOf(shape), n, terms }], transposeA: false, transposeB: false });
  return out;
}

/** dW [O, K] = dy^T [O, N] x [N, K] each. */
function gradWeights(call: WgslCall, parts: readonly string[]): TensorInfo[] {
  const b = call.input('x');
  const n = width(b.shape);
  const outputs = parts.map((part) => {
    const a = call.input(`dy${part}`);
    const m = width(a.shape);
    return { out: call.output([m, n]), m, n, terms: [{ a, b, k: rowsOf(a.shape) }] };
  });
  runProducts(call.runner, { outputs, transposeA: true, transposeB: false });
  return outputs.map(({ out }) => out);
}
