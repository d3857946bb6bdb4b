// Matrix products: which family of kernels computes a job. Both take any layout and size.
//   rows    registers only, no barriers: best on software adapters
//   shared  tiles in workgroup memory, or lanes that share a column where there are few rows (decoding): real GPUs
import type { WgslRunner } from '../../backends/webgpu/wgsl-runner.ts';
import type { ProductJob } from './matmul-job.ts';
import { runRows } from './matmul-rows.ts';
import { runShared } from './matmul-tiles.ts';

/** Records the job with the kernel family that suits the adapter. */
export function runProducts(runner: WgslRunner, job: ProductJob): void {
  if (runner.prefersTiles) runShared(runner, job);
  else runRows(runner, job);
}
