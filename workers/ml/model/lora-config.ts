// `adapter_config.json` of PEFT (https://huggingface.co/docs/peft): the fields that decide the result, read and written.
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { plainLoraConfig } from '../../../src/shared/formats/peft-config.ts';
import type { LoraSettings } from './lora.ts';

function positive(file: Record<string, unknown>, field: string): number {
  const value = file[field];
  if (typeof value === 'number' && value > 0) return value;
  throw new WorkbenchError(
    'E-SCHEMA',
    `adapter_config.json: ${field} must be a positive number; it is ${JSON.stringify(value) ?? 'missing'}.`,
  );
}

/**
 * Reads an adapter's config.
 * @param value the parsed JSON
 * @throws WorkbenchError E-SCHEMA, E-UNSUPPORTED
 */
export function parseLoraConfig(value: unknown): LoraSettings {
  const file = plainLoraConfig(value);
  const { target_modules: targets, base_model_name_or_path: base, lora_dropout: dropout } = file;
  if (!Array.isArray(targets) || !targets.every((target) => typeof target === 'string')) {
    throw new WorkbenchError('E-SCHEMA', 'adapter_config.json: target_modules must be a list of module names.');
  }
  return {
    r: positive(file, 'r'),
    loraAlpha: positive(file, 'lora_alpha'),
    loraDropout: typeof dropout === 'number' ? dropout : 0,
    targetModules: targets,
    useRslora: file.use_rslora === true,
    baseModel: typeof base === 'string' ? base : '',
  };
}

/** The config in the form that PEFT reads back. */
export function writeLoraConfig(settings: LoraSettings): Record<string, unknown> {
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: settings.baseModel,
    r: settings.r,
    lora_alpha: settings.loraAlpha,
    lora_dropout: settings.loraDropout,
    bias: 'none',
    target_modules: settings.targetModules.toSorted(),
    modules_to_save: null,
    fan_in_fan_out: false,
    init_lora_weights: true,
    use_rslora: settings.useRslora,
    use_dora: false,
    rank_pattern: {},
    alpha_pattern: {},
    layers_to_transform: null,
    layers_pattern: null,
    inference_mode: true,
    revision: null,
  };
}
