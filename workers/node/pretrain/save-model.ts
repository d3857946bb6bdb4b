// Writes a detector as a built-in model: LLaVA's folder layout, the whole CLIP under the tower's prefix as in the official
// checkpoints, both tokenizers, and an entry in public/models/index.json.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodeSafetensors } from '../../../src/shared/safetensors.ts';
import { clipHeadParameters, VISION_TOWER_PREFIX } from '../../ml/model/parameters.ts';
import { writeDxLlavaConfig } from '../../ml/model/config.ts';
import type { Detector } from '../../ml/model/detector.ts';
import { NANO_CLIP_CONFIG, type NanoParts } from './nano.ts';
import type { Towers } from './train-towers.ts';

const MODELS = fileURLToPath(new URL('../../../public/models/', import.meta.url));

/** What the page shows of a built-in model beside its files. */
export interface ModelCard {
  id: string;
  name: string;
  note: string;
  /** Domain that no labelled example came from; null when all were trained on. */
  heldOut: string | null;
  /** Figures on pictures of an unseen seed. */
  metrics: Record<string, number>;
}

interface IndexEntry extends ModelCard {
  kind: 'built-in';
  tiny: true;
  sizeBytes: number;
  clip: { config: string; tokenizer: string };
  files: { path: string; sizeBytes: number; sha256: string }[];
}

/** Writes the folder and replaces the model's entry in the index. */
export async function saveModel(detector: Detector, towers: Towers, parts: NanoParts, card: ModelCard): Promise<void> {
  const folder = `${MODELS}${card.id}/`;
  mkdirSync(folder, { recursive: true });
  const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);
  const clipConfig = { ...NANO_CLIP_CONFIG, text_cfg: { ...NANO_CLIP_CONFIG.text_cfg, vocab_size: parts.clipConfig.text.vocabSize } };
  const files: [string, Uint8Array][] = [
    ['config.json', json(writeDxLlavaConfig(parts.config))],
    ['tokenizer.json', json(parts.tokenizerJson)],
    ['open_clip_config.json', json({ model_cfg: clipConfig })],
    ['clip-tokenizer.json', json(parts.clipTokenizerJson)],
    ['model.safetensors', await allWeights(detector, towers, parts)],
  ];
  for (const [name, bytes] of files) writeFileSync(folder + name, bytes);
  writeIndexEntry({
    ...card,
    kind: 'built-in',
    tiny: true,
    sizeBytes: files.reduce((sum, [, bytes]) => sum + bytes.length, 0),
    clip: { config: 'open_clip_config.json', tokenizer: 'clip-tokenizer.json' },
    files: files.map(([path, bytes]) => ({ path, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })),
  });
}

async function allWeights(detector: Detector, towers: Towers, parts: NanoParts): Promise<Uint8Array> {
  const tensors = await detector.model.weights.toHost();
  const heads = clipHeadParameters(parts.clipConfig).map(({ name }) => name);
  for (const [name, values] of await towers.weights.toHost(heads)) tensors.set(VISION_TOWER_PREFIX + name, values);
  return new Uint8Array(await new Blob(encodeSafetensors(tensors)).arrayBuffer());
}

function writeIndexEntry(entry: IndexEntry): void {
  const file = `${MODELS}index.json`;
  const index: { models: IndexEntry[] } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { models: [] };
  const others = index.models.filter(({ id }) => id !== entry.id);
  const models = [...others, entry].toSorted((a, b) => a.id.localeCompare(b.id));
  writeFileSync(file, `${JSON.stringify({ models }, null, 2)}\n`);
}
