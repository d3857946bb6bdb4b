import { buildKernels } from '../../workers/node/build-kernels.ts';

/** Vitest global setup: the AssemblyScript kernels are built when their sources are newer than the binaries. */
export default function setup(): void {
  buildKernels();
}
