// Low-rank adapters (Hu et al. 2021, https://arxiv.org/abs/2106.09685) with PEFT's names, config and initial values.
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { add, matMul, mul, tensor, tidy } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { loraRank, loraScale, type LoraScales } from '../../../src/shared/formats/peft-config.ts';
import type { LoadReport } from '../../../src/shared/engine-api.ts';
import { RandomStream } from '../../../src/shared/random.ts';
import type { TensorSource } from '../../../src/shared/safetensors.ts';
import { linear } from '../kernels/linear.ts';
import type { LanguageConfig } from './config.ts';
import { decoderLinears, type ParameterSpec } from './parameters.ts';
import { residualAdd } from './residual-add.ts';
import { Weights, assertComplete, type Lookup } from './weights.ts';

/** The fields of `adapter_config.json` that decide the result. */
export interface LoraSettings extends LoraScales {
  loraDropout: number;
  /** Endings of module names, a bare `q_proj` matches every module of that name; or PEFT's pattern of whole names. */
  targetModules: string[] | string;
  /** A pattern, or a list that the config narrows to some layers: the tensors of the adapter's file say which modules have one. */
  modulesFromFile?: boolean;
  baseModel: string;
}

/** A Linear layer by its name; shape of its weight, [out, in]. */
interface Linear {
  name: string;
  shape: [number, number];
}

const PEFT_PREFIX = 'base_model.model.';

/** PEFT's parameter names of one Linear layer: A, then B. */
const adapterNames = (module: string): [string, string] => [
  `${PEFT_PREFIX}${module}.lora_A.weight`,
  `${PEFT_PREFIX}${module}.lora_B.weight`,
];

const isTarget = (module: string, targets: readonly string[]): boolean =>
  targets.some((target) => module === target || module.endsWith(`.${target}`));

/** The modules whose A or B is in the file. */
function modulesIn(source: TensorSource): Set<string> {
  const names = source.names().flatMap((name) => /^base_model\.model\.(.+)\.lora_[AB]\.weight$/.exec(name)?.[1] ?? []);
  return new Set(names);
}

/** Adapter parameters of the decoder's targeted layers: A as PEFT draws it (Kaiming, a = sqrt 5), B zero. */
export function loraParameters(language: LanguageConfig, settings: LoraSettings): ParameterSpec[] {
  return parametersOf(targetLinears(language, settings), settings);
}

function parametersOf(linears: readonly Linear[], settings: LoraSettings): ParameterSpec[] {
  return linears.flatMap(({ name, shape: [out, inputs] }): ParameterSpec[] => {
    const [a, b] = adapterNames(name);
    const rank = loraRank(settings, name);
    return [
      { name: a, shape: [rank, inputs], initializer: { kind: 'uniform', bound: 1 / Math.sqrt(inputs) } },
      { name: b, shape: [out, rank], initializer: { kind: 'constant', value: 0 } },
    ];
  });
}

const linearsOf = (language: LanguageConfig): Linear[] =>
  Array.from({ length: language.numLayers }, (_, i) => decoderLinears(language, i)).flat();

function targetLinears(language: LanguageConfig, { targetModules }: LoraSettings): Linear[] {
  const endings = typeof targetModules === 'string' ? [] : targetModules;
  return someOf(
    linearsOf(language).filter(({ name }) => isTarget(name, endings)),
    targetModules,
  );
}

function someOf(targets: Linear[], wanted: string[] | string): Linear[] {
  if (targets.length > 0) return targets;
  throw new WorkbenchError('E-CONFIG', `No layer of the decoder ends in ${String(wanted)}.`, {
    safe: 'Nothing was changed.',
    remedy: 'Use names such as q_proj or down_proj.',
  });
}

/** What a file has adapters for: the decoder's layers, and other Linear layers of the base, such as the binary head's. */
function linearsIn(source: TensorSource, language: LanguageConfig, settings: LoraSettings, base?: Weights): Linear[] {
  const inFile = modulesIn(source);
  const decoder = linearsOf(language);
  const { targetModules, modulesFromFile } = settings;
  const isWanted = ({ name }: Linear): boolean =>
    modulesFromFile || typeof targetModules === 'string' ? inFile.has(name) : isTarget(name, targetModules);
  const named = new Set(decoder.map(({ name }) => name));
  const beside = [...inFile].flatMap((name): Linear[] => {
    if (named.has(name)) return [];
    const [out, inputs, ...more] = base?.has(`${name}.weight`) ? base.get(`${name}.weight`).shape : [];
    return out !== undefined && inputs !== undefined && more.length === 0 ? [{ name, shape: [out, inputs] }] : [];
  });
  return someOf([...decoder.filter(isWanted), ...beside], targetModules);
}

/**
 * Runs one pass with the dropout masks that a key names; whoever repeats a pass, as gradient checkpointing does inside it, sees
 * the same masks. PEFT drops in training mode only: in the passes that are differentiated, never while text is generated.
 * @param key different for every step and micro-batch; null = no dropout
 */
export function withDropout<Result>(adapter: LoraAdapter | null, key: string | null, pass: () => Result): Result {
  if (adapter === null) return pass();
  adapter.dropoutKey = key;
  try {
    return pass();
  } finally {
    adapter.dropoutKey = null;
  }
}

/** Owns the adapter's variables; the base weights stay untouched unless merged. */
export class LoraAdapter {
  readonly settings: LoraSettings;
  readonly weights: Weights;
  /** Dropout acts only while this is set, see `withDropout`. */
  dropoutKey: string | null = null;
  readonly #modules: Set<string>;

  private constructor(linears: readonly Linear[], settings: LoraSettings, weights: Weights) {
    this.settings = settings;
    this.weights = weights;
    this.#modules = new Set(linears.map(({ name }) => name));
  }

  /** A fresh adapter, which changes nothing yet because B is zero. */
  static create(language: LanguageConfig, settings: LoraSettings, seed = 0): LoraAdapter {
    const linears = targetLinears(language, settings);
    return new LoraAdapter(linears, settings, Weights.create(parametersOf(linears, settings), { seed }));
  }

  /**
   * Reads an adapter as PEFT writes it. Tensors of modules that neither the decoder nor `base` has are listed as unexpected.
   * @param base where the adapter is to be merged; without it only the decoder's modules are read, which a forward pass can use
   * @throws WorkbenchError E-SHAPE for a missing or misshapen tensor
   */
  static async load(
    language: LanguageConfig,
    settings: LoraSettings,
    source: TensorSource,
    base?: Weights,
  ): Promise<{ adapter: LoraAdapter; report: LoadReport }> {
    const linears = linearsIn(source, language, settings, base);
    const { weights, report } = await Weights.load(parametersOf(linears, settings), source);
    try {
      assertComplete(report);
    } catch (error) {
      weights.dispose();
      throw error;
    }
    return { adapter: new LoraAdapter(linears, settings, weights), report };
  }

  /** Factor of B A of a layer. */
  scaleOf(module: string): number {
    return loraScale(this.settings, module);
  }

  has(name: string): boolean {
    return this.weights.has(name);
  }

  readonly get: Lookup = (name) => this.weights.get(name);

  /** The adapter's parameters of a Linear layer, none if it is not targeted. */
  parameterNames(module: string): string[] {
    return this.#modules.has(module) ? adapterNames(module) : [];
  }

  /** All variables by PEFT name; borrowed. */
  variables(): Record<string, Variable> {
    return this.weights.trainable(['*']);
  }

  /**
   * Adds scale * B A dropout(x) to the output of a targeted layer.
   * @param y [..., out]; borrowed
   * @param x [..., in], the layer's input; borrowed
   * @returns y itself for a layer that is not targeted
   */
  addTo(y: Tensor, x: Tensor, module: string, lookup: Lookup): Tensor {
    if (!this.#modules.has(module)) return y;
    const [a, b] = adapterNames(module);
    // Scaled where it is narrow: the tape keeps what is multiplied.
    const low = mul(linear(this.#dropout(x, module), lookup(a)), this.scaleOf(module));
    return residualAdd(y, linear(low, lookup(b)));
  }

  #dropout(x: Tensor, module: string): Tensor {
    const { loraDropout } = this.settings;
    if (this.dropoutKey === null || loraDropout === 0) return x;
    const random = RandomStream.fromText(`${this.dropoutKey}/${module}`);
    const kept = Float32Array.from({ length: x.size }, () => (random.chance(loraDropout) ? 0 : 1 / (1 - loraDropout)));
    return mul(x, tensor(kept, x.shape));
  }

  /**
   * The weight with the adapter folded in: W + scale * B A.
   * @param weight [out, in] of a Linear layer; borrowed
   * @param sign -1 takes the adapter out again
   * @returns owned by the caller; an equal copy for a layer that is not targeted
   */
  mergedWeight(module: string, weight: Tensor, sign: 1 | -1 = 1): Tensor {
    if (!this.#modules.has(module)) return add(weight, 0);
    const [a, b] = adapterNames(module);
    return tidy(() => add(weight, mul(matMul(this.get(b), this.get(a)), sign * this.scaleOf(module))));
  }

  /** Adds the adapter to base weights in place. */
  mergeInto(base: Weights): void {
    this.#change(base, 1);
  }

  /** Takes the adapter out of base weights again (equal up to rounding). */
  unmergeFrom(base: Weights): void {
    this.#change(base, -1);
  }

  #change(base: Weights, sign: 1 | -1): void {
    for (const module of this.#modules) {
      tidy(() => base.set(`${module}.weight`, this.mergedWeight(module, base.get(`${module}.weight`), sign)));
    }
  }

  dispose(): void {
    this.weights.dispose();
  }
}
