// What a drop is, from the names of its files alone.

export type DropKind = 'bundle' | 'model' | 'log' | 'data';

const IMAGE = /\.(?:png|jpe?g|webp|bmp)$/i;
const WEIGHTS = /\.(?:safetensors|bin|pth)$/i;
const LOG = /(?:^|\/)(?:trainer_state\.json|[^/]*tfevents[^/]*|[^/]+\.csv)$/i;

/**
 * Files of weights make a model and a single log file a log; images and annotations are data, whatever lies beside them.
 * @param paths of a drop, or of the one zip in it
 */
export function kindOfDrop(paths: readonly string[]): DropKind {
  if (paths.includes('manifest.json')) return 'bundle';
  if (paths.some((path) => IMAGE.test(path))) return 'data';
  if (paths.some((path) => WEIGHTS.test(path))) return 'model';
  return paths.length === 1 && LOG.test(paths[0] ?? '') ? 'log' : 'data';
}
