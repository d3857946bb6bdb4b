// ConvNeXt trunk under timm's names (Liu et al. 2022, https://arxiv.org/abs/2201.03545). NHWC inside, PyTorch layouts
// in the weights. Stops after the last stage: DX-LLaVA uses neither the final norm nor the pooling.
import type { Tensor } from '@tensorflow/tfjs-core';
import { reshape, slice, tidy } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { biasGelu } from '../kernels/bias-gelu.ts';
import { depthwiseConv } from '../kernels/depthwise-conv.ts';
import { layerNorm } from '../kernels/layer-norm.ts';
import { linear } from '../kernels/linear.ts';
import { patchify } from '../kernels/patchify.ts';
import { scaleResidual } from '../kernels/scale-residual.ts';
import type { VisionConfig } from './config.ts';
import type { Lookup } from './weights.ts';

/** A trunk that borrows its weights; used by DX-LLaVA and by CLIP, which may share one. */
export class VisionEncoder {
  readonly config: VisionConfig;
  readonly #lookup: Lookup;
  readonly #prefix: string;

  /** @param prefix of the parameter names, ends in `visual.trunk.` */
  constructor(config: VisionConfig, lookup: Lookup, prefix: string) {
    this.config = config;
    this.#lookup = lookup;
    this.#prefix = prefix;
  }

  /**
   * Vision tokens, row-major over the grid. Differentiable in all trunk weights.
   * @param pixels [B, size, size, 3], normalised; borrowed
   * @returns [B, S, D], owned by the caller
   * @throws WorkbenchError E-SHAPE
   */
  encode(pixels: Tensor): Tensor {
    this.#assertPixels(pixels);
    return tidy(() => {
      const grid = this.config.depths.reduce((x, _, stage) => this.#stage(x, stage), pixels);
      const [B = 0, H = 0, W = 0, D = 0] = grid.shape;
      return reshape(grid, [B, H * W, D]);
    });
  }

  #assertPixels(pixels: Tensor): void {
    const { imageSize } = this.config;
    const [, H, W, channels] = pixels.shape;
    if (pixels.rank === 4 && H === imageSize && W === imageSize && channels === 3) return;
    throw new WorkbenchError(
      'E-SHAPE',
      `The vision tower needs images [B, ${imageSize}, ${imageSize}, 3], not [${pixels.shape.join(', ')}].`,
    );
  }

  #get(name: string): Tensor {
    return this.#lookup(this.#prefix + name);
  }

  #norm(x: Tensor, name: string): Tensor {
    return layerNorm(x, this.#get(`${name}.weight`), this.#get(`${name}.bias`), this.config.layerNormEpsilon);
  }

  #stage(x: Tensor, stage: number): Tensor {
    const entry = stage === 0 ? this.#stem(x) : this.#downsample(x, `stages.${stage}.downsample`);
    let out = entry;
    for (let block = 0; block < (this.config.depths[stage] ?? 0); block++) out = this.#block(out, `stages.${stage}.blocks.${block}`);
    return out;
  }

  #stem(pixels: Tensor): Tensor {
    return this.#norm(this.#patchConvolution(pixels, 'stem.0', 4), 'stem.1');
  }

  #downsample(x: Tensor, name: string): Tensor {
    return this.#patchConvolution(this.#norm(x, `${name}.0`), `${name}.1`, 2);
  }

  /** Convolution whose stride is its kernel size; rows and columns that do not fill a patch are dropped, as PyTorch does. */
  #patchConvolution(x: Tensor, name: string, size: number): Tensor {
    return tidy(() => {
      const filter = this.#get(`${name}.weight`);
      const [out = 0] = filter.shape;
      return linear(patchify(cropToMultiple(x, size), size), reshape(filter, [out, filter.size / out]), this.#get(`${name}.bias`));
    });
  }

  #block(x: Tensor, name: string): Tensor {
    return tidy(() => {
      const mixed = this.#norm(depthwiseConv(x, this.#get(`${name}.conv_dw.weight`), this.#get(`${name}.conv_dw.bias`)), `${name}.norm`);
      const hidden = biasGelu(linear(mixed, this.#get(`${name}.mlp.fc1.weight`)), this.#get(`${name}.mlp.fc1.bias`));
      const update = linear(hidden, this.#get(`${name}.mlp.fc2.weight`), this.#get(`${name}.mlp.fc2.bias`));
      return scaleResidual(update, this.#get(`${name}.gamma`), x);
    });
  }
}

function cropToMultiple(x: Tensor, size: number): Tensor {
  const [B = 0, H = 0, W = 0, C = 0] = x.shape;
  if (H % size === 0 && W % size === 0) return x;
  return slice(x, [0, 0, 0, 0], [B, H - (H % size), W - (W % size), C]);
}
