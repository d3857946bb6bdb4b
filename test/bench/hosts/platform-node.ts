// The platform of a Node process.
import { availableParallelism } from 'node:os';
import { loadSimdNode } from '../../../workers/node/load-simd.ts';
import { installWebgpu, loadWebgpuNode } from '../../support/load-webgpu.ts';
import type { Platform } from './platform.ts';

export const nodePlatform: Platform = {
  loadSimd: (threads = Math.min(4, availableParallelism())) => loadSimdNode({ threads }),
  loadWebgpu: () => loadWebgpuNode(),
  installWebgpu,
  processorMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  wasmPaths: null,
};
