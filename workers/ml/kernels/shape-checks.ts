// Shape assertions of the fused ops: a clear E-SHAPE instead of a wrong number.
import type { Tensor } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';

/**
 * @param wanted one entry an axis; -1 accepts any length
 * @throws WorkbenchError E-SHAPE naming op, argument, got and wanted
 */
export function assertShape(op: string, argument: string, tensor: Tensor, wanted: readonly number[]): void {
  const fits = tensor.shape.length === wanted.length && wanted.every((d, i) => d < 0 || d === tensor.shape[i]);
  if (!fits) throw shapeError(op, argument, tensor.shape, `[${wanted.map((d) => (d < 0 ? '?' : d)).join(', ')}]`);
}

/** Checks only the last axis; all leading axes are rows. */
export function assertWidth(op: string, argument: string, tensor: Tensor, wanted: number): void {
  if (tensor.shape.at(-1) !== wanted) throw shapeError(op, argument, tensor.shape, `[..., ${wanted}]`);
}

/** Checks that heads divide the width, and that query heads are a multiple of key/value heads. */
export function assertHeads(op: string, widthC: number, numHeads: number, numKeyValueHeads: number): void {
  if (widthC % numHeads === 0 && numHeads % numKeyValueHeads === 0) return;
  throw new WorkbenchError(
    'E-SHAPE',
    `${op}: width ${widthC} cannot be split into ${numHeads} query heads over ${numKeyValueHeads} key/value heads.`,
    {
      remedy: 'Check num_attention_heads and num_key_value_heads of the model config.',
    },
  );
}

function shapeError(op: string, argument: string, got: readonly number[], wanted: string): WorkbenchError {
  return new WorkbenchError('E-SHAPE', `${op}: ${argument} has shape [${got.join(', ')}], wanted ${wanted}.`, {
    remedy: 'Check that weights and config belong together.',
  });
}
