// Which adapter_config.json of PEFT describes plain LoRA adapters, the only kind that can be used or folded in (spec/model.md 7),
// and the rank and scale of each module. Rules as in peft 0.21.2.
import { WorkbenchError } from '../errors.ts';

const isSet = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  value !== 'none' &&
  !(typeof value === 'object' && Object.keys(value).length === 0);

/** Variants of LoRA that change the mathematics, and tensors beside W + scale B A. `fan_in_fan_out` has no effect on Linear layers. */
const REFUSED_FIELDS = [
  'use_dora',
  'modules_to_save',
  'bias',
  'lora_bias',
  'target_parameters',
  'trainable_token_indices',
  'layer_replication',
  'alora_invocation_tokens',
  'arrow_config',
  'kasa_config',
  'use_bdlora',
  'use_qalora',
];

/** Starts that subtract their B A from the base weights, which the file of an adapter does not hold. */
const CHANGES_BASE = /^(?:pissa|corda|olora|loftq|lora_ga)/;

function refused(field: string, value: unknown): WorkbenchError {
  return new WorkbenchError('E-UNSUPPORTED', `adapter_config.json: ${field} = ${JSON.stringify(value)} is not supported.`, {
    safe: 'Nothing was stored or loaded.',
    remedy: 'Merge the adapter into its base model with PEFT and import the merged model.',
  });
}

const MALFORMED = { safe: 'Nothing was stored or loaded.', remedy: 'Write the adapter again with PEFT: model.save_pretrained(folder).' };

/** A field of adapter_config.json that is not what it should be. */
export function malformedField(field: string, wanted: string, value: unknown): WorkbenchError {
  const text = `adapter_config.json: ${field} must be ${wanted}; it is ${JSON.stringify(value) ?? 'missing'}.`;
  return new WorkbenchError('E-SCHEMA', text, MALFORMED);
}

/** Rank and scale of an adapter's modules. */
export interface LoraScales {
  r: number;
  loraAlpha: number;
  /** Scale alpha / sqrt(r) instead of alpha / r. */
  useRslora: boolean;
  /** Other ranks and alphas for the modules that match: PEFT's `rank_pattern` and `alpha_pattern`. */
  rankPattern?: Readonly<Record<string, number>>;
  alphaPattern?: Readonly<Record<string, number>>;
}

/** PEFT: `re.match(rf"(.*\.)?({key})$", module)`. */
const patternOf = (key: string): RegExp => new RegExp(`^(?:.*\\.)?(?:${key})$`);

const valueFor = (patterns: Readonly<Record<string, number>> | undefined, module: string): number | undefined =>
  Object.entries(patterns ?? {}).find(([key]) => patternOf(key).test(module))?.[1];

/** @param module name in the base model, such as `model.layers.0.self_attn.q_proj` */
export function loraRank({ r, rankPattern }: LoraScales, module: string): number {
  return valueFor(rankPattern, module) ?? r;
}

/** Factor of B A: alpha / r, or alpha / sqrt(r). */
export function loraScale(scales: LoraScales, module: string): number {
  const rank = loraRank(scales, module);
  return (valueFor(scales.alphaPattern, module) ?? scales.loraAlpha) / (scales.useRslora ? Math.sqrt(rank) : rank);
}

function positive(file: Record<string, unknown>, field: string): number {
  const value = file[field];
  if (typeof value === 'number' && value > 0) return value;
  throw malformedField(field, 'a positive number', value);
}

function patterns(file: Record<string, unknown>, field: string): Record<string, number> | undefined {
  const value = file[field];
  if (!isSet(value)) return undefined;
  if (typeof value !== 'object' || value === null) throw malformedField(field, 'an object', value);
  const read: Record<string, number> = {};
  for (const [key, number] of Object.entries(value)) {
    if (typeof number !== 'number' || number <= 0) throw malformedField(`${field}.${key}`, 'a positive number', number);
    try {
      patternOf(key);
    } catch {
      throw refused(field, value); // an expression that only Python reads
    }
    read[key] = number;
  }
  return read;
}

/** @throws E-SCHEMA, E-UNSUPPORTED for a pattern that cannot be read */
export function readLoraScales(file: Record<string, unknown>): LoraScales {
  const [rankPattern, alphaPattern] = [patterns(file, 'rank_pattern'), patterns(file, 'alpha_pattern')];
  return {
    r: positive(file, 'r'),
    loraAlpha: positive(file, 'lora_alpha'),
    useRslora: file['use_rslora'] === true,
    ...(rankPattern && { rankPattern }),
    ...(alphaPattern && { alphaPattern }),
  };
}

/**
 * The parsed config as an object, after the check that W + scale B A is all there is to it.
 * @throws E-SCHEMA for what is no object, E-UNSUPPORTED naming the field that is more than plain LoRA
 */
export function plainLoraConfig(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WorkbenchError('E-SCHEMA', 'adapter_config.json is not an object.', MALFORMED);
  }
  const file: Record<string, unknown> = { ...value };
  if (file['peft_type'] !== 'LORA') throw refused('peft_type', file['peft_type']);
  for (const field of REFUSED_FIELDS) if (isSet(file[field])) throw refused(field, file[field]);
  const start = file['init_lora_weights'];
  if (typeof start === 'string' && CHANGES_BASE.test(start)) throw refused('init_lora_weights', start);
  return file;
}
