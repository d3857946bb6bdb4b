// Tensors of a model as later training left them: a base, what replaced parts of it, and adapters folded in. Nothing is computed
// until a tensor is read.
import { WorkbenchError } from '../errors.ts';
import type { HostTensor, TensorSource } from '../safetensors.ts';
import { loraScale, type LoraScales } from './peft-config.ts';

/** PEFT's prefix of every adapter tensor. */
export const PEFT_PREFIX = 'base_model.model.';

/** The base with some of its tensors replaced. Names that the base lacks are not taken. */
export class OverlaidTensors implements TensorSource {
  readonly #base: TensorSource;
  readonly #overlay: TensorSource;

  constructor(base: TensorSource, overlay: TensorSource) {
    this.#base = base;
    this.#overlay = overlay;
  }

  names(): string[] {
    return this.#base.names();
  }

  shapeOf(name: string): number[] | undefined {
    return this.#base.shapeOf(name);
  }

  read(name: string): Promise<HostTensor> {
    return this.#overlay.shapeOf(name) === undefined ? this.#base.read(name) : this.#overlay.read(name);
  }
}

/** The base with a LoRA adapter folded in: W + scale B A. */
export class LoraMergedTensors implements TensorSource {
  readonly #base: TensorSource;
  readonly #adapter: TensorSource;
  readonly #scales: LoraScales;

  constructor(base: TensorSource, adapter: TensorSource, scales: LoraScales) {
    this.#base = base;
    this.#adapter = adapter;
    this.#scales = scales;
  }

  names(): string[] {
    return this.#base.names();
  }

  shapeOf(name: string): number[] | undefined {
    return this.#base.shapeOf(name);
  }

  async read(name: string): Promise<HostTensor> {
    const weight = await this.#base.read(name);
    const module = name.replace(/\.weight$/, '');
    const [a, b] = [`${PEFT_PREFIX}${module}.lora_A.weight`, `${PEFT_PREFIX}${module}.lora_B.weight`];
    if (this.#adapter.shapeOf(a) === undefined || this.#adapter.shapeOf(b) === undefined) return weight;
    const scale = loraScale(this.#scales, module);
    return { shape: weight.shape, data: addProduct(weight, await this.#adapter.read(b), await this.#adapter.read(a), scale) };
  }
}

/** weight [out, in] + scale * b [out, r] a [r, in], summed in double precision. */
function addProduct(weight: HostTensor, b: HostTensor, a: HostTensor, scale: number): Float32Array {
  const [out = 0, inputs = 0] = weight.shape;
  const rank = a.shape[0] ?? 0;
  if (b.shape[0] !== out || a.shape[1] !== inputs || b.shape[1] !== rank) {
    throw new WorkbenchError(
      'E-SHAPE',
      `The adapter's [${b.shape.join(', ')}] by [${a.shape.join(', ')}] does not fit a weight of [${weight.shape.join(', ')}].`,
      { safe: 'Nothing was stored or loaded.', remedy: 'Choose the base model that the adapter was trained on.' },
    );
  }
  const merged = Float32Array.from(weight.data);
  const row = new Float64Array(inputs);
  for (let i = 0; i < out; i++) {
    row.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = b.data[i * rank + k] ?? 0;
      for (let j = 0; j < inputs; j++) row[j] = (row[j] ?? 0) + factor * (a.data[k * inputs + j] ?? 0);
    }
    for (let j = 0; j < inputs; j++) merged[i * inputs + j] = (weight.data[i * inputs + j] ?? 0) + scale * (row[j] ?? 0);
  }
  return merged;
}

/** All tensors in memory, in the order of their names in the source. */
export async function readAll(source: TensorSource): Promise<Map<string, HostTensor>> {
  const tensors = new Map<string, HostTensor>();
  for (const name of source.names()) tensors.set(name, await source.read(name));
  return tensors;
}
