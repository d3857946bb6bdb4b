// Runs one thread per element: the shell of every op that needs no sum.
import type { TensorInfo } from '@tensorflow/tfjs-core';

import type { Slot, UniformType } from '../../backends/webgpu/wgsl-program.ts';
import { linearGroups } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export interface Elementwise {
  key: string;
  slots: readonly Slot[];
  tensors: readonly TensorInfo[];
  /** Threads: elements of the slots. */
  count: number;
  /** `count` is added. */
  uniforms?: Readonly<Record<string, UniformType>>;
  values?: Readonly<Record<string, number>>;
  declarations?: string;
  volatile?: boolean;
  /** In scope: `i` (0..count-1). */
  body: string;
}

/** One thread per element. */
export function runElementwise(call: WgslCall, kernel: Elementwise): void {
  call.run({
    key: `elements ${kernel.key}`,
    build: () => ({
      slots: kernel.slots,
      uniforms: { count: 'i32', ...kernel.uniforms },
      workgroup: [64, 1, 1],
      declarations: kernel.declarations,
      body: `
  let i = index;
  if (i >= u.count) { return; }
  ${kernel.body}`,
    }),
    tensors: kernel.tensors,
    uniforms: { count: kernel.count, ...kernel.values },
    groups: linearGroups(kernel.count, 64),
    volatile: kernel.volatile,
  });
}
