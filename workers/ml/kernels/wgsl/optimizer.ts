// AdamW in place, one tensor or two a dispatch: two fill the eight storage buffers that every adapter has.
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { UniformType, WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import { sizeOf } from '../define-op.ts';
import { lanesFor } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import { groupsFor, registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerOptimizer(): void {
  registerWgslKernel('FAdamw', (call) => update(call, ['']));
  registerWgslKernel('FAdamwPair', (call) => update(call, ['0', '1']));
}

const THREADS = 64;
/** Workgroups side by side; a thread walks on by as many. */
const MOST_GROUPS = 4096;
const NAMES = ['gradient', 'parameter', 'm', 'v'] as const;

/** @param parts endings of the inputs' names, one for each tensor */
function update(call: WgslCall, parts: readonly string[]): [] {
  const sizes = parts.map((part) => sizeOf(call.shape(`parameter${part}`)));
  const lanes = lanesFor(...sizes);
  const [beta1, beta2, step, rate] = [call.number('beta1'), call.number('beta2'), call.number('step'), call.number('learningRate')];
  const own = parts.flatMap((part, i) => [
    [`count${part}`, (sizes[i] ?? 0) / lanes.size] as const,
    [`keep${part}`, 1 - rate * call.number(`weightDecay${part}`)] as const,
  ]);
  call.run({
    key: `adamw ${parts.length} ${lanes.key}`,
    build: () => program(parts, lanes),
    tensors: parts.flatMap((part) => NAMES.map((name) => call.input(`${name}${part}`))),
    uniforms: {
      beta1,
      beta2,
      rate: rate / (1 - beta1 ** step),
      correction: 1 / (1 - beta2 ** step),
      epsilon: call.number('epsilon'),
      gradientScale: call.number('gradientScale'),
      ...Object.fromEntries(own),
    },
    groups: [Math.min(MOST_GROUPS, groupsFor(Math.max(...sizes) / lanes.size, THREADS)), parts.length],
    volatile: true,
  });
  return [];
}

/** Workgroup y is the tensor's number. */
function program(parts: readonly string[], lanes: Lanes): WgslProgram {
  const shared = ['beta1', 'beta2', 'rate', 'correction', 'epsilon', 'gradientScale'].map((name) => [name, 'f32'] as const);
  const own = parts.flatMap((part): (readonly [string, UniformType])[] => [
    [`count${part}`, 'i32'],
    [`keep${part}`, 'f32'],
  ]);
  const slots = parts.flatMap((part) => NAMES.map((name) => (name === 'gradient' ? reads : writes)(`${name}${part}`, lanes.element)));
  const one = (part: string): string => `
    for (var i = i32(gid.x); i < u.count${part}; i += i32(groups.x) * ${THREADS}) {
      let g = gradient${part}[i] * u.gradientScale;
      let first = u.beta1 * m${part}[i] + (1.0 - u.beta1) * g;
      let second = u.beta2 * v${part}[i] + (1.0 - u.beta2) * g * g;
      m${part}[i] = first;
      v${part}[i] = second;
      parameter${part}[i] = parameter${part}[i] * u.keep${part} - u.rate * first / (sqrt(second * u.correction) + u.epsilon);
    }`;
  const body = `switch (wid.y) { ${parts.map((part, i) => `case ${i}: { ${one(part)} }`).join('\n')} default: {} }`;
  return { slots, uniforms: Object.fromEntries([...shared, ...own]), workgroup: [THREADS, 1, 1], body };
}
