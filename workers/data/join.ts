// Joins annotation rows to images: `image`, then `id`, then the base name, then the base name with another extension (`1.jpg` for
// `1.png`) where only one image has it. Where several images share a base name, the one that agrees in the most trailing folders wins;
// an image of another domain, split or label is never taken.
import type { TextRow } from './annotation-rows.ts';
import { namedLevels } from './layout.ts';
import type { JoinRule } from '../../src/shared/protocol.ts';
import { baseName, stemOf } from './paths.ts';

export type JoinResult =
  | { status: 'matched'; path: string; rule: JoinRule }
  | { status: 'absent' }
  | { status: 'ambiguous'; count: number }
  /** Several images have the name with another extension: none of them is taken. */
  | { status: 'ambiguous-extension'; count: number };

/** Finds the image of a row among the images' paths. */
export class ImageIndex {
  readonly #paths: readonly string[];
  /** Path as written, in Unicode's composed form, to the path itself: macOS decomposes accents in names, annotations do not. */
  readonly #exact: ReadonlyMap<string, string>;
  /** Base name in lower case to the images that carry it; built when the first row needs it. */
  #byName: Map<string, string[]> | undefined;
  /** The same without extensions; built when the first row finds nothing by its name. */
  #byStem: Map<string, string[]> | undefined;

  constructor(paths: readonly string[]) {
    this.#paths = paths;
    this.#exact = new Map(paths.map((path) => [path.normalize(), path]));
  }

  find({ image, id }: Pick<TextRow, 'image' | 'id'>): JoinResult {
    const byImage = this.#exact.get(image?.normalize() ?? '');
    if (byImage !== undefined) return { status: 'matched', path: byImage, rule: 'image' };
    const byId = this.#exact.get(id?.normalize() ?? '');
    if (byId !== undefined) return { status: 'matched', path: byId, rule: 'id' };
    for (const name of [image, id]) {
      const result = name ? this.#findByEnding(name) : undefined;
      if (result && result.status !== 'absent') return result;
    }
    for (const name of [image, id]) {
      const result = name ? this.#findByStem(name) : undefined;
      if (result && result.status !== 'absent') return result;
    }
    return { status: 'absent' };
  }

  /** The only image of that name with another extension. */
  #findByStem(name: string): JoinResult {
    const stem = stemOf(name.normalize());
    if (stem === null) return { status: 'absent' };
    this.#byStem ??= groupBy(this.#paths, (path) => stemOf(path.normalize()));
    const [only, ...others] = (this.#byStem.get(stem) ?? []).filter((path) => !contradict(name, path));
    if (!only) return { status: 'absent' };
    if (others.length > 0) return { status: 'ambiguous-extension', count: others.length + 1 };
    return { status: 'matched', path: only, rule: 'extension' };
  }

  /** Among images with the same base name, those that agree with `name` in the most trailing folders. */
  #findByEnding(name: string): JoinResult {
    this.#byName ??= groupBy(this.#paths, (path) => comparable(baseName(path)));
    const parts = comparable(name).split('/');
    const candidates = (this.#byName.get(parts.at(-1) ?? '') ?? []).filter((path) => !contradict(name, path));
    const scored = candidates.map((path) => ({ path, shared: sharedEnding(parts, comparable(path).split('/')) }));
    const best = Math.max(...scored.map(({ shared }) => shared));
    const [winner, ...others] = scored.filter(({ shared }) => shared === best);
    if (!winner) return { status: 'absent' };
    return others.length === 0 ? { status: 'matched', path: winner.path, rule: 'name' } : { status: 'ambiguous', count: others.length + 1 };
  }
}

/** Case and Unicode form do not count. */
const comparable = (path: string): string => path.normalize().toLowerCase();

/** Paths by key; those without one are left out. */
function groupBy(paths: readonly string[], keyOf: (path: string) => string | null): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const name = keyOf(path);
    if (name === null) continue;
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
