// The table of kinds: one file each in kinds/, loaded only when a fixture needs it. A file exports `check`.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ParityKind } from './kind.ts';

const KIND_FILES: Record<string, string> = {
  'prpo-rewards': 'prpo-rewards.ts',
  yake: 'yake.ts',
  advantages: 'advantages.ts',
  'token-map': 'token-map.ts',
  'policy-loss': 'policy-loss.ts',
  metrics: 'metrics.ts',
  'text-overlap': 'text-overlap.ts',
  tokenizer: 'tokenizer.ts',
  'dx-llava': 'dx-llava.ts',
  clip: 'clip.ts',
  preprocess: 'preprocess.ts',
  lora: 'lora.ts',
  'sft-curve': 'sft-curve.ts',
  'lora-curve': 'sft-curve.ts',
  'prpo-update': 'prpo-update.ts',
};

/**
 * The function that checks a kind.
 * @throws Error for an unknown kind and for one that is not implemented yet
 */
export async function loadKind(kind: string): Promise<ParityKind> {
  const file = KIND_FILES[kind];
  if (file === undefined) throw new Error(`unknown kind ${JSON.stringify(kind)}; known are ${Object.keys(KIND_FILES).join(', ')}`);
  const url = new URL(`./kinds/${file}`, import.meta.url);
  if (!existsSync(fileURLToPath(url))) throw new Error('not implemented yet');
  const module: { check?: ParityKind } = await import(url.href);
  if (typeof module.check !== 'function') throw new Error(`${file} exports no check function`);
  return module.check;
}
