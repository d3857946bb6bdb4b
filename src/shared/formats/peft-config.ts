// Which adapter_config.json of PEFT describes a plain LoRA adapter, the only kind that can be used or folded in (spec/model.md 7).
import { WorkbenchError } from '../errors.ts';

const isSet = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  value !== 'none' &&
  !(typeof value === 'object' && Object.keys(value).length === 0);

/** Variants of LoRA that change the mathematics. */
const REFUSED_FIELDS = [
  'use_dora',
  'fan_in_fan_out',
  'modules_to_save',
  'rank_pattern',
  'alpha_pattern',
  'layers_to_transform',
  'bias',
  'lora_bias',
];

function refused(field: string, value: unknown): WorkbenchError {
  return new WorkbenchError('E-UNSUPPORTED', `adapter_config.json: ${field} = ${JSON.stringify(value)} is not supported.`, {
    safe: 'Nothing was stored or loaded.',
    remedy: 'Merge the adapter into its base model with PEFT and import the merged model.',
  });
}

/**
 * The parsed config as an object, after the check that W + scale B A is all there is to it.
 * @throws E-SCHEMA for what is no object, E-UNSUPPORTED naming the field that is more than plain LoRA
 */
export function plainLoraConfig(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WorkbenchError('E-SCHEMA', 'adapter_config.json is not an object.', { safe: 'Nothing was stored or loaded.' });
  }
  const file: Record<string, unknown> = { ...value };
  if (file['peft_type'] !== 'LORA') throw refused('peft_type', file['peft_type']);
  for (const field of REFUSED_FIELDS) if (isSet(file[field])) throw refused(field, file[field]);
  return file;
}
