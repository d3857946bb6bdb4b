// Joins annotation rows to images: `image`, then `id`, then the base name. Where several images share a base name, the one
// that agrees in the most trailing folders wins; an image of another domain, split or label is never taken.
import type { TextRow } from './annotation-rows.ts';
import { namedLevels } from './layout.ts';
import { baseName } from './paths.ts';

export type JoinResult = { status: 'matched'; path: string } | { status: 'absent' } | { status: 'ambiguous'; count: number };

/** Finds the image of a row among the images' paths. */
export class ImageIndex {
  readonly #paths: readonly string[];
  readonly #exact: ReadonlySet<string>;
  /** Base name in lower case to the images that carry it; built when the first row needs it. */
  #byName: Map<string, string[]> | undefined;

  constructor(paths: readonly string[]) {
    this.#paths = paths;
    this.#exact = new Set(paths);
  }

  find({ image, id }: Pick<TextRow, 'image' | 'id'>): JoinResult {
    for (const name of [image, id]) if (name && this.#exact.has(name)) return { status: 'matched', path: name };
    for (const name of [image, id]) {
      const result = name ? this.#findByEnding(name) : undefined;
      if (result && result.status !== 'absent') return result;
    }
    return { status: 'absent' };
  }

  /** Among images with the same base name, those that agree with `name` in the most trailing folders. */
  #findByEnding(name: string): JoinResult {
    this.#byName ??= groupByName(this.#paths);
    const parts = name.toLowerCase().split('/');
    const candidates = (this.#byName.get(parts.at(-1) ?? '') ?? []).filter((path) => !contradict(name, path));
    const scored = candidates.map((path) => ({ path, shared: sharedEnding(parts, path.toLowerCase().split('/')) }));
    const best = Math.max(...scored.map(({ shared }) => shared));
    const [winner, ...others] = scored.filter(({ shared }) => shared === best);
    if (!winner) return { status: 'absent' };
    return others.length === 0 ? { status: 'matched', path: winner.path } : { status: 'ambiguous', count: others.length + 1 };
  }
}

function groupByName(paths: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const name = baseName(path).toLowerCase();
    const group = groups.get(name);
    if (group) group.push(path);
    else groups.set(name, [path]);
  }
  return groups;
}

/** Both paths name a level and the names differ. */
function contradict(a: string, b: string): boolean {
  const [left, right] = [namedLevels(a), namedLevels(b)];
  const differ = (x: string | null, y: string | null) =>
    x !== null && y !== null && x !== 'none' && y !== 'none' && x.toLowerCase() !== y.toLowerCase();
  return differ(left.domain, right.domain) || differ(left.split, right.split) || differ(left.label, right.label);
}

function sharedEnding(a: readonly string[], b: readonly string[]): number {
  let shared = 0;
  while (shared < Math.min(a.length, b.length) && a.at(-1 - shared) === b.at(-1 - shared)) shared++;
  return shared;
}
