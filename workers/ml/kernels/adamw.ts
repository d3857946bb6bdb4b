// AdamW in place, PyTorch's form (Loshchilov and Hutter, https://arxiv.org/abs/1711.05101): decay is decoupled and uses
// the learning rate; epsilon is added after the bias-corrected root.
import { getBackend, getKernel } from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { runMultiOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

export interface AdamwSettings {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** 1 at the first update. */
  step: number;
  /** Multiplies the gradient first (gradient-norm clipping, accumulation). */
  gradientScale: number;
}

/**
 * One update in place. Never on the tape.
 * @param parameter changed; borrowed
 * @param gradient borrowed
 * @param m first moment, changed; borrowed
 * @param v second moment, changed; borrowed
 */
export function adamw(parameter: Tensor, gradient: Tensor, m: Tensor, v: Tensor, settings: AdamwSettings): void {
  assertShape('adamw', 'gradient', gradient, parameter.shape);
  assertShape('adamw', 'm', m, parameter.shape);
  assertShape('adamw', 'v', v, parameter.shape);
  runMultiOp('FAdamw', { parameter, gradient, m, v }, { ...settings });
}

/** One parameter's part of an update; everything borrowed, all but the gradient changed. */
export interface AdamwPart {
  parameter: Tensor;
  gradient: Tensor;
  m: Tensor;
  v: Tensor;
  weightDecay: number;
}

/** One update of many parameters in place. A backend with a kernel for two at a time (webgpu) needs half the dispatches. */
export function adamwAll(parts: readonly AdamwPart[], settings: Omit<AdamwSettings, 'weightDecay'>): void {
  const pairs = getKernel('FAdamwPair', getBackend()) ? Math.floor(parts.length / 2) : 0;
  for (let i = 0; i < pairs; i++) {
    const two = parts.slice(2 * i, 2 * i + 2);
    const tensors = two.flatMap(({ weightDecay: _, ...part }, k) =>
      Object.entries(part).map(([name, tensor]) => [`${name}${k}`, tensor] as const),
    );
    const [weightDecay0 = 0, weightDecay1 = 0] = two.map(({ weightDecay }) => weightDecay);
    runMultiOp('FAdamwPair', Object.fromEntries(tensors), { ...settings, weightDecay0, weightDecay1 });
  }
  for (const { parameter, gradient, m, v, weightDecay } of parts.slice(2 * pairs))
    adamw(parameter, gradient, m, v, { ...settings, weightDecay });
}

function adamwReference(call: ReferenceCall): TensorInfo[] {
  const [p, g, m, v] = [call.floats('parameter'), call.floats('gradient'), call.floats('m'), call.floats('v')];
  const [rate, beta1, beta2, step] = [call.number('learningRate'), call.number('beta1'), call.number('beta2'), call.number('step')];
  const [epsilon, decay, scale] = [call.number('epsilon'), call.number('weightDecay'), call.number('gradientScale')];
  for (let i = 0; i < p.length; i++) {
    const gradient = (g[i] ?? 0) * scale;
    const mi = beta1 * (m[i] ?? 0) + (1 - beta1) * gradient;
    const vi = beta2 * (v[i] ?? 0) + (1 - beta2) * gradient * gradient;
    const denominator = Math.sqrt(vi / (1 - beta2 ** step)) + epsilon;
    p[i] = (p[i] ?? 0) * (1 - rate * decay) - (rate / (1 - beta1 ** step)) * (mi / denominator);
    m[i] = mi;
    v[i] = vi;
  }
  return [];
}

export const adamwOps: readonly OpDefinition[] = [{ name: 'FAdamw', reference: adamwReference }];
