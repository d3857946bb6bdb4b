// All fused ops in one list. Nothing else in the project registers references or gradients.
import { adamwOps } from './adamw.ts';
import { attentionOps } from './attention.ts';
import { biasGeluOps } from './bias-gelu.ts';
import { cacheWriteOps } from './cache-write.ts';
import { columnSumOps } from './column-sum.ts';
import { decodeAttentionOps } from './decode-attention.ts';
import { decodeHeadsOps } from './decode-heads.ts';
import { registerOp } from './define-op.ts';
import type { OpDefinition } from './define-op.ts';
import { depthwiseConvOps } from './depthwise-conv.ts';
import { embeddingOps } from './embedding.ts';
import { jointLinearOps } from './joint-linear.ts';
import { layerNormOps } from './layer-norm.ts';
import { linearOps } from './linear.ts';
import { packLinearOps } from './pack-linear.ts';
import { patchifyOps } from './patchify.ts';
import { rmsNormOps } from './rms-norm.ts';
import { ropeOps } from './rope.ts';
import { sampleTokensOps } from './sample-tokens.ts';
import { scaleResidualOps } from './scale-residual.ts';
import { sumSquaresOps } from './sum-squares.ts';
import { swigluOps } from './swiglu.ts';
import { swigluLinearOps } from './swiglu-linear.ts';
import { registerTfjsGradients } from './tfjs-gradients.ts';
import { tokenLogProbsOps } from './token-log-probs.ts';

export const FUSED_OPS: readonly OpDefinition[] = [
  ...linearOps,
  ...jointLinearOps,
  ...columnSumOps,
  ...rmsNormOps,
  ...layerNormOps,
  ...ropeOps,
  ...attentionOps,
  ...swigluOps,
  ...swigluLinearOps,
  ...biasGeluOps,
  ...scaleResidualOps,
  ...depthwiseConvOps,
  ...patchifyOps,
  ...embeddingOps,
  ...tokenLogProbsOps,
  ...sumSquaresOps,
  ...adamwOps,
  ...packLinearOps,
  ...cacheWriteOps,
  ...decodeAttentionOps,
  ...decodeHeadsOps,
  ...sampleTokensOps,
];

/** Makes every op work on tfjs' `cpu` backend, with gradients. Safe to call again. */
export function registerReferenceOps(): void {
  registerTfjsGradients();
  for (const op of FUSED_OPS) registerOp(op);
}
