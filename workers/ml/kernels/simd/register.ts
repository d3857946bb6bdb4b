// All kernels of the `simd` backend.
import { registerArithmeticKernels } from './arithmetic.ts';
import { registerAttentionKernels } from './attention.ts';
import { registerConvolutionKernels } from './convolution.ts';
import { registerFusedDecoder } from './fused-decoder.ts';
import { registerDenseKernels } from './dense.ts';
import { registerElementwiseKernels } from './elementwise.ts';
import { registerNormKernels } from './norms.ts';
import { registerPlainKernels } from './plain.ts';
import { registerTokenKernels } from './tokens.ts';

/** Call it after the cpu kernels were copied to `simd`. */
export function registerSimdKernels(): void {
  registerDenseKernels();
  registerNormKernels();
  registerAttentionKernels();
  registerFusedDecoder();
  registerElementwiseKernels();
  registerConvolutionKernels();
  registerTokenKernels();
  registerPlainKernels();
  registerArithmeticKernels();
}
