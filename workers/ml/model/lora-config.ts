// `adapter_config.json` of PEFT (https://huggingface.co/docs/peft): the fields that decide the result, read and written.
import { malformedField, plainLoraConfig, readLoraScales } from '../../../src/shared/formats/peft-config.ts';
import type { LoraSettings } from './lora.ts';

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && (!Array.isArray(value) || value.length > 0);

/** A list of names or one pattern of whole names. */
function targetsOf({ target_modules: targets }: Record<string, unknown>): string[] | string {
  if (typeof targets === 'string') return targets;
  if (Array.isArray(targets) && targets.every((target) => typeof target === 'string')) return targets;
  throw malformedField('target_modules', 'a list of module names or one pattern', targets);
}

/**
 * Reads an adapter's config.
 * @param value the parsed JSON
 * @throws WorkbenchError E-SCHEMA, E-UNSUPPORTED
 */
export function parseLoraConfig(value: unknown): LoraSettings {
  const file = plainLoraConfig(value);
  const { base_model_name_or_path: base, lora_dropout: dropout } = file;
  const targetModules = targetsOf(file);
  const isNarrowed = isGiven(file['layers_to_transform']) || isGiven(file['exclude_modules']);
  return {
    ...readLoraScales(file),
    loraDropout: typeof dropout === 'number' ? dropout : 0,
    targetModules,
    ...((isNarrowed || typeof targetModules === 'string') && { modulesFromFile: true }),
    baseModel: typeof base === 'string' ? base : '',
  };
}

/** The config in the form that PEFT reads back. */
export function writeLoraConfig(settings: LoraSettings): Record<string, unknown> {
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: settings.baseModel || null,
    r: settings.r,
    lora_alpha: settings.loraAlpha,
    lora_dropout: settings.loraDropout,
    bias: 'none',
    target_modules: typeof settings.targetModules === 'string' ? settings.targetModules : settings.targetModules.toSorted(),
    modules_to_save: null,
    fan_in_fan_out: false,
    init_lora_weights: true,
    use_rslora: settings.useRslora,
    use_dora: false,
    rank_pattern: settings.rankPattern ?? {},
    alpha_pattern: settings.alphaPattern ?? {},
    layers_to_transform: null,
    layers_pattern: null,
    inference_mode: true,
    revision: null,
  };
}
