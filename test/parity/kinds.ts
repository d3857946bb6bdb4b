// The table of kinds: one file each in kinds/, loaded only when a fixture needs it.
import type { ParityKind } from './kind.ts';

const KINDS: Record<string, () => Promise<{ check: ParityKind }>> = {
  'prpo-rewards': () => import('./kinds/prpo-rewards.ts'),
  yake: () => import('./kinds/yake.ts'),
  advantages: () => import('./kinds/advantages.ts'),
  'token-map': () => import('./kinds/token-map.ts'),
  'policy-loss': () => import('./kinds/policy-loss.ts'),
  metrics: () => import('./kinds/metrics.ts'),
  'text-overlap': () => import('./kinds/text-overlap.ts'),
  tokenizer: () => import('./kinds/tokenizer.ts'),
  'dx-llava': () => import('./kinds/dx-llava.ts'),
  clip: () => import('./kinds/clip.ts'),
  preprocess: () => import('./kinds/preprocess.ts'),
  lora: () => import('./kinds/lora.ts'),
  'sft-curve': () => import('./kinds/sft-curve.ts'),
  'lora-curve': () => import('./kinds/sft-curve.ts'),
  'prpo-update': () => import('./kinds/prpo-update.ts'),
};

/**
 * The function that checks a kind.
 * @throws Error for an unknown kind
 */
export async function loadKind(kind: string): Promise<ParityKind> {
  const load = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (load === undefined) throw new Error(`unknown kind ${JSON.stringify(kind)}; known are ${Object.keys(KINDS).join(', ')}`);
  return (await load()).check;
}
