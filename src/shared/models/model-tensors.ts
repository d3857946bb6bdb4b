// The tensors of a model folder: one file, or the shards that an index names.
import type { TensorSource } from '../safetensors.ts';
import { SafetensorsFile, ShardedTensors } from '../safetensors.ts';
import { LoraMergedTensors, OverlaidTensors } from '../formats/merged-tensors.ts';
import { plainLoraConfig, readLoraScales } from '../formats/peft-config.ts';
import { FILES, readJson, type ModelChain, type ModelFolder } from './model-folder.ts';

/** @throws E-SCHEMA, E-MISSING, E-CHECKSUM */
export async function folderTensors(folder: ModelFolder): Promise<TensorSource> {
  if (!folder.paths.includes(FILES.shardIndex)) return SafetensorsFile.open(await folder.read(FILES.weights));
  const shards = new Map<string, TensorSource>();
  for (const path of folder.paths.filter((one) => one.endsWith('.safetensors'))) {
    shards.set(path, await SafetensorsFile.open(await folder.read(path)));
  }
  return new ShardedTensors(await readJson(await folder.read(FILES.shardIndex), FILES.shardIndex), shards);
}

/** The whole model that a chain of folders makes up, adapters folded in. */
export async function chainTensors([base, ...later]: ModelChain): Promise<TensorSource> {
  let tensors = await folderTensors(base);
  for (const folder of later) {
    if (folder.paths.includes(FILES.weights)) tensors = new OverlaidTensors(tensors, await folderTensors(folder));
    if (!folder.paths.includes(FILES.adapter)) continue;
    const config = plainLoraConfig(await readJson(await folder.read(FILES.adapterConfig), FILES.adapterConfig));
    tensors = new LoraMergedTensors(tensors, await SafetensorsFile.open(await folder.read(FILES.adapter)), readLoraScales(config));
  }
  return tensors;
}
