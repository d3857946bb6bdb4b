// Joins annotation rows to images: `image`, then `id`, then the base name, then the base name with another extension (`1.jpg` for
// `1.png`) where only one image has it. Where several images share a base name, the one that agrees in the most trailing folders wins;
// an image of another domain, split or label is never taken.
import type { TextRow } from './annotation-rows.ts';
import { namedLevels } from './layout.ts';
import type { JoinRule } from '../../src/shared/data-api.ts';
import { KeyIndex } from './drop/key-index.ts';
import { baseName, stemOf } from './paths.ts';

export type JoinResult =
  | { status: 'matched'; image: number; rule: JoinRule }
  | { status: 'absent' }
  | { status: 'ambiguous'; count: number }
  /** Several images have the name with another extension: none of them is taken. */
  | { status: 'ambiguous-extension'; count: number };

/** Paths of images by their number; made when asked. */
export interface ImagePaths {
  readonly length: number;
  at: (image: number) => string | undefined;
}

/** Finds the image of a row among the images' paths. */
export class ImageIndex {
  readonly #paths: ImagePaths;
  /** By the path in Unicode's composed form: macOS decomposes accents in names, annotations do not. */
  readonly #exact: KeyIndex;
  /** By base name in lower case; built when the first row needs it. */
  #byName: KeyIndex | undefined;
  /** The same without extensions; built when the first row finds nothing by its name. */
  #byStem: KeyIndex | undefined;

  constructor(paths: ImagePaths) {
    this.#paths = paths;
    this.#exact = this.#indexBy((path) => path.normalize());
  }

  get heldBytes(): number {
    return [this.#exact, this.#byName, this.#byStem].reduce((sum, index) => sum + (index?.heldBytes ?? 0), 0);
  }

  find({ image, id }: Pick<TextRow, 'image' | 'id'>): JoinResult {
    const byImage = this.#exact.first(image?.normalize() ?? '');
    if (byImage !== undefined) return { status: 'matched', image: byImage, rule: 'image' };
    const byId = this.#exact.first(id?.normalize() ?? '');
    if (byId !== undefined) return { status: 'matched', image: byId, rule: 'id' };
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
    this.#byStem ??= this.#indexBy((path) => stemOf(path.normalize()));
    const [only, ...others] = this.#candidates(this.#byStem, stem, name);
    if (only === undefined) return { status: 'absent' };
    if (others.length > 0) return { status: 'ambiguous-extension', count: others.length + 1 };
    return { status: 'matched', image: only, rule: 'extension' };
  }

  /** Among images with the same base name, those that agree with `name` in the most trailing folders. */
  #findByEnding(name: string): JoinResult {
    this.#byName ??= this.#indexBy((path) => comparable(baseName(path)));
    const parts = comparable(name).split('/');
    const candidates = this.#candidates(this.#byName, parts.at(-1) ?? '', name);
    const scored = candidates.map((image) => ({ image, shared: sharedEnding(parts, comparable(this.pathOf(image)).split('/')) }));
    const best = Math.max(...scored.map(({ shared }) => shared));
    const [winner, ...others] = scored.filter(({ shared }) => shared === best);
    if (!winner) return { status: 'absent' };
    return others.length === 0
      ? { status: 'matched', image: winner.image, rule: 'name' }
      : { status: 'ambiguous', count: others.length + 1 };
  }

  #candidates(index: KeyIndex, key: string, name: string): number[] {
    return [...index.all(key)].filter((image) => !contradict(name, this.pathOf(image)));
  }

  #indexBy(keyOf: (path: string) => string | null): KeyIndex {
    return new KeyIndex(this.#paths.length, (image) => keyOf(this.pathOf(image)));
  }

  /** The path of an image that was found. */
  pathOf(image: number): string {
    return this.#paths.at(image) ?? '';
  }
}

/** Case and Unicode form do not count. */
const comparable = (path: string): string => path.normalize().toLowerCase();

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
