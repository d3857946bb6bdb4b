// Modules that PEFT trains and stores whole beside the low-rank pairs (`modules_to_save`). The import keeps them as what they are,
// tensors in the place of the base's, so that everything else knows plain LoRA only. Names as peft 0.21.2 and older versions write them.
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { PEFT_PREFIX } from '../../../src/shared/formats/merged-tensors.ts';
import { encodeSafetensors, SafetensorsFile, type HostTensor, type TensorSource } from '../../../src/shared/safetensors.ts';

/** An adapter without its whole modules, and these by the base model's names. */
export interface SplitAdapter {
  pairs: Blob;
  whole: Map<string, HostTensor>;
}

const LORA = /\.lora_[AB]\.weight$/;

function refused(message: string): WorkbenchError {
  return new WorkbenchError('E-UNSUPPORTED', message, {
    safe: 'Nothing was stored.',
    remedy: 'Choose the base model that the adapter was trained for, or merge it there with PEFT and import the merged model.',
  });
}

/** The config's list and the config without it. @throws E-UNSUPPORTED for a list that is none */
export function takeModulesToSave(config: unknown): { modules: string[]; plain: unknown } {
  if (typeof config !== 'object' || config === null || !('modules_to_save' in config)) return { modules: [], plain: config };
  const { modules_to_save: modules, ...rest } = config;
  if (modules === null || (Array.isArray(modules) && modules.length === 0)) return { modules: [], plain: config };
  if (!Array.isArray(modules) || !modules.every((name): name is string => typeof name === 'string'))
    throw refused(`adapter_config.json: modules_to_save = ${JSON.stringify(modules)} is not a list of names.`);
  return { modules, plain: { ...rest, modules_to_save: null } };
}

/** PEFT: a module is meant when its name ends in an entry; its tensors lie below it. */
function isIn(module: string, tensor: string): boolean {
  const parts = tensor.split('.');
  return parts.some((_, i) => i > 0 && parts.slice(0, i).join('.').endsWith(module));
}

/**
 * Takes the whole modules out of an adapter's file.
 * @param modules of the config's `modules_to_save`
 * @throws E-UNSUPPORTED where the file lacks one of them, or the base has no such tensor
 */
export async function splitAdapter(adapter: Blob, modules: readonly string[], base: TensorSource): Promise<SplitAdapter> {
  const file = await SafetensorsFile.open(adapter);
  const [pairs, whole] = [new Map<string, HostTensor>(), new Map<string, HostTensor>()];
  for (const name of file.names()) {
    const plain = name.replace(PEFT_PREFIX, '').replace('.modules_to_save.', '.');
    const isWhole = !LORA.test(name) && modules.some((module) => isIn(module, plain));
    if (isWhole && base.shapeOf(plain) === undefined)
      throw refused(`The adapter holds ${plain} whole, which the base model does not have of its own.`);
    (isWhole ? whole : pairs).set(isWhole ? plain : name, await file.read(name));
  }
  const lacking = modules.find((module) => ![...whole.keys()].some((name) => isIn(module, name)));
  if (lacking !== undefined) throw refused(`adapter_config.json names ${lacking} in modules_to_save, but its file holds no tensor of it.`);
  return { pairs: new Blob(encodeSafetensors(pairs)), whole };
}
