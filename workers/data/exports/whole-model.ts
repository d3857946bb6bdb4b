// The files of a model that stands on its own: what later training changed and adapters folded into one set of weights.
import { readAll } from '../../../src/shared/formats/merged-tensors.ts';
import type { FetchFile } from '../../../src/shared/models/fetch-file.ts';
import { FILES, type ModelChain, type ModelFolder } from '../../../src/shared/models/model-folder.ts';
import { chainTensors } from '../../../src/shared/models/model-tensors.ts';
import { encodeSafetensors } from '../../../src/shared/safetensors.ts';
import type { NewFile } from '../../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../../src/shared/storage/database.ts';

/** What reading a model takes: where it is stored, and where built-in ones come from. */
export interface ModelContext {
  db: Database;
  fetchFile: FetchFile;
}

/** Files that a whole model has beside config and weights. */
const COMPANIONS = [FILES.tokenizer, FILES.clipConfig, FILES.clipTokenizer];

/** @throws E-MISSING, E-CHECKSUM, E-SCHEMA; E-SHAPE for an adapter that does not fit */
export async function wholeModelFiles(chain: ModelChain): Promise<NewFile[]> {
  const [base] = chain;
  const weights = new Blob(encodeSafetensors(await readAll(await chainTensors(chain))));
  return [
    { path: FILES.config, blob: await base.read(FILES.config) },
    { path: FILES.weights, blob: weights },
    ...(await companionFiles(base, COMPANIONS)),
  ];
}

/** Those of the files that the folder has. */
export async function companionFiles(folder: ModelFolder, paths: readonly string[]): Promise<NewFile[]> {
  const there = paths.filter((path) => folder.paths.includes(path));
  return Promise.all(there.map(async (path) => ({ path, blob: await folder.read(path) })));
}
