// All webgpu kernels in one list. References and gradients come from ../register.ts.
import { addEqualShapes } from './add.ts';
import { registerAttention } from './attention.ts';
import { batchMatMul } from './batch-matmul.ts';
import { ComposedDecoder, stepMerged } from '../composed-decoder.ts';
import { registerDecoder } from '../decode-step.ts';
import { registerDecode } from './decode.ts';
import { registerDecodeHeads } from './decode-heads.ts';
import { registerDepthwise } from './depthwise.ts';
import { registerEmbedding } from './embedding.ts';
import { registerGates } from './gates.ts';
import { registerLinear } from './linear.ts';
import { registerNorms } from './norms.ts';
import { registerOptimizer } from './optimizer.ts';
import { registerPackedLinear } from './packed-linear.ts';
import { registerPatchify } from './patchify.ts';
import { registerRope } from './rope.ts';
import { registerSample } from './sample.ts';
import { registerSumSquares } from './sum-squares.ts';
import { registerTokenLogProbs } from './token-log-probs.ts';
import { replaceTfjsKernel } from './wgsl-call.ts';

/** Registers the WGSL kernel of every fused op for tfjs' `webgpu` backend. Safe to call again, also after a device loss. */
export function registerWgslOps(): void {
  replaceTfjsKernel('BatchMatMul', batchMatMul);
  replaceTfjsKernel('Add', addEqualShapes);
  registerLinear();
  registerNorms();
  registerRope();
  registerAttention();
  registerGates();
  registerDepthwise();
  registerPatchify();
  registerEmbedding();
  registerTokenLogProbs();
  registerOptimizer();
  registerSumSquares();
  registerPackedLinear();
  registerDecode();
  registerDecodeHeads();
  registerSample();
  registerDecoder('webgpu', (model, caches) => new ComposedDecoder(model, caches, stepMerged));
}
