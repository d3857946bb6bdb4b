// Finds the DF-R5 levels `<domain>/{train,val,test}/{fake,real}/<image>` in dropped paths, wherever the drop starts.
// Only folder names are read. Names match in any case; the spelling found is kept.
import { UNNAMED_DOMAIN, type Label, type Split } from '../../src/shared/domain/sample.ts';

/** Where the images of one folder belong. */
export interface FolderPlace {
  /** From the domain on: with it the samples' paths begin. Empty where images lie at the top. */
  path: string;
  domain: string;
  split: Split;
  label: Label | null;
}

/** Where one image belongs. */
export interface PlacedPath extends FolderPlace {
  /** As dropped. */
  source: string;
}

export interface Layout {
  /** In the order of the folders. */
  places: FolderPlace[];
  /** One sentence: which levels were found. */
  sentence: string;
  /** Folders with images that fit no level of the layout, although other folders do. */
  unknownFolders: string[];
}

const SPLITS: ReadonlyMap<string, Split> = new Map([
  ['train', 'train'],
  ['val', 'val'],
  ['valid', 'val'],
  ['validation', 'val'],
  ['test', 'test'],
]);
const LABELS: ReadonlyMap<string, Label> = new Map([
  ['fake', 'fake'],
  ['real', 'real'],
]);

/** The levels that a single path names; null or `none` where it does not, or not for certain. */
export function namedLevels(path: string): { domain: string | null; split: Split; label: Label | null } {
  const { folders, domainAt, split, label, between } = levelsOf(path.split('/').slice(0, -1));
  if (between) return { domain: null, split, label };
  return { domain: domainAt === null ? null : (folders[domainAt] ?? null), split, label };
}

interface Levels {
  folders: string[];
  /** Index of the domain's folder; -1 when the path starts below it, null when no level was recognised. */
  domainAt: number | null;
  /** Folders above the first level. */
  wrapperLength: number;
  split: Split;
  label: Label | null;
  /** There is a level between split and label: `hf/train/aster/fake` has `above` hf and `name` aster. */
  between: { above: string; splitAt: number; name: string; nameAt: number } | null;
}

/**
 * Recognises the levels of all folders together, so that a wrapper folder is one decision for the whole drop.
 * @param folders paths of those that hold images themselves; an image's own name says nothing
 */
export function recogniseLayout(folders: readonly string[]): Layout {
  const levels = splitsFirst(folders.map((folder) => levelsOf(folder === '' ? [] : folder.split('/'))));
  const recognised = levels.filter((level) => level.domainAt !== null);
  const wrapper = commonStart((recognised.length > 0 ? recognised : levels).map(wrapperOf));
  const places = levels.map((level) => place(level, wrapper));
  const unknown = recognised.length === 0 ? [] : places.filter((_, index) => levels[index]?.domainAt === null);
  return {
    places,
    sentence: describe(places, recognised, wrapper),
    unknownFolders: [...new Set(unknown.map(({ path }) => path || '(top)'))],
  };
}

function levelsOf(folders: string[]): Levels {
  const names = folders.map((folder) => folder.toLowerCase());
  const labelAt = names.findLastIndex((name) => LABELS.has(name));
  const before = names.findLastIndex((name, index) => SPLITS.has(name) && (labelAt < 0 || index < labelAt));
  const splitAt = before >= 0 ? before : names.findLastIndex((name) => SPLITS.has(name));
  const domainAt = domainIndex(labelAt, splitAt);
  return {
    folders,
    domainAt,
    wrapperLength:
      domainAt === null ? folders.length : Math.max(0, Math.min(domainAt, ...[labelAt, splitAt].filter((index) => index >= 0))),
    split: SPLITS.get(names[splitAt] ?? '') ?? 'none',
    label: LABELS.get(names[labelAt] ?? '') ?? null,
    between:
      splitAt > 0 && labelAt - splitAt > 1
        ? { above: folders.slice(0, splitAt).join('/'), splitAt, name: folders[labelAt - 1] ?? '', nameAt: labelAt - 1 }
        : null,
  };
}

/**
 * `hf/{train,test}/{aster,birch}/{fake,real}`, as an imagefolder has it: where all images of splits and labels lie below one and the
 * same folder and several folders stand between the two, those are the domains, and the folder above is none.
 */
function splitsFirst(levels: readonly Levels[]): readonly Levels[] {
  const full = levels.filter(({ split, label }) => split !== 'none' && label !== null);
  const betweens = full.flatMap(({ between }) => between ?? []);
  const isSplitsFirst =
    betweens.length === full.length &&
    new Set(betweens.map(({ above }) => above)).size === 1 &&
    new Set(betweens.map(({ name }) => name)).size > 1;
  if (!isSplitsFirst) return levels;
  return levels.map((level) =>
    level.between ? { ...level, domainAt: level.between.nameAt, wrapperLength: level.between.splitAt } : level,
  );
}

/** The folder above the levels; for `train/aster/fake` the one between them. */
function domainIndex(labelAt: number, splitAt: number): number | null {
  if (labelAt < 0 && splitAt < 0) return null;
  if (splitAt === 0 && labelAt > 1) return labelAt - 1;
  return Math.min(...[labelAt, splitAt].filter((index) => index >= 0)) - 1;
}

function wrapperOf({ folders, wrapperLength }: Levels): string[] {
  return folders.slice(0, wrapperLength);
}

function commonStart(lists: string[][]): string[] {
  const first = lists[0] ?? [];
  const length = first.findIndex((folder, index) => lists.some((list) => list[index] !== folder));
  return length < 0 ? first : first.slice(0, length);
}

function place({ folders, domainAt, split, label }: Levels, wrapper: string[]): FolderPlace {
  const isInside = wrapper.every((folder, index) => folders[index] === folder);
  const skipped = isInside ? wrapper.length : 0;
  return { path: folders.slice(skipped).join('/'), domain: folders[domainAt ?? skipped] ?? UNNAMED_DOMAIN, split, label };
}

function describe(places: readonly FolderPlace[], recognised: readonly Levels[], wrapper: readonly string[]): string {
  if (places.length === 0) return 'No images were found.';
  if (recognised.length === 0) return 'No domain, split or label folders were found: labels come from annotations alone.';
  const hasDomain = recognised.some((level) => level.domainAt !== null && level.domainAt >= 0);
  const domains = new Set(places.map(({ domain }) => domain));
  if (hasDomain && wrapper.length > 1)
    return `One level too high or more: the DF-R5 tree was found below \`${wrapper.join('/')}\` and is taken from there.`;
  if (hasDomain && domains.size > 1) return `DF-R5 tree with ${domains.size} domains.`;
  if (hasDomain && wrapper.length === 1) return `DF-R5 tree with one domain, \`${[...domains].join('')}\`.`;
  if (hasDomain) return `One level too low: taken as domain \`${[...domains].join('')}\`.`;
  const splits = [...new Set(places.map(({ split }) => split))].filter((split) => split !== 'none');
  if (splits.length > 0)
    return `Two levels too low: taken as split ${splits.map((split) => `\`${split}\``).join(', ')} of a domain without a name.`;
  return 'Three levels too low: only fake and real folders, without domain and split.';
}
