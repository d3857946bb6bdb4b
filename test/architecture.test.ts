// Checks the import table of the layers, and what must never appear in them, by reading every source file.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Source {
  path: string;
  text: string;
  /** Repository paths of relative imports, package names of the others. */
  imports: { target: string; isPackage: boolean }[];
}

/** A layer: the folders it lives in, and what it may import besides itself. */
interface Layer {
  name: string;
  owns: (path: string) => boolean;
  /** Path prefixes of this repository. */
  mayImport: string[];
  /** Package names; `@x/` stands for the whole scope. */
  packages: string[];
}

const within =
  (...prefixes: string[]) =>
  (path: string) =>
    prefixes.some((prefix) => path.startsWith(prefix));
const PAGE_PACKAGES = ['react', 'react-dom', 'react-router', 'zustand', 'recharts', '@mantine/', '@tabler/', '@tanstack/'];
const PURE_PACKAGES = ['valibot', 'fflate', 'stopwords-json', 'yaml', '@huggingface/tokenizers'];

/** First match owns the file. `workers/node` is exempt: Node-only commands may import everything. */
const LAYERS: Layer[] = [
  { name: 'storage', owns: within('src/shared/storage/'), mayImport: ['src/shared/'], packages: ['idb', 'valibot'] },
  { name: 'shared', owns: within('src/shared/'), mayImport: [], packages: PURE_PACKAGES },
  {
    name: 'client',
    owns: within('src/client/'),
    mayImport: ['src/shared/', 'workers/engine.worker.ts', 'workers/data.worker.ts', 'workers/statistics.worker.ts'],
    packages: [],
  },
  { name: 'state', owns: within('src/state/'), mayImport: ['src/client/', 'src/shared/'], packages: ['zustand', 'react', 'valibot'] },
  { name: 'components', owns: within('src/components/'), mayImport: ['src/shared/', 'src/theme/'], packages: PAGE_PACKAGES },
  { name: 'theme', owns: within('src/theme/'), mayImport: [], packages: PAGE_PACKAGES },
  {
    name: 'features',
    owns: within('src/features/'),
    mayImport: ['src/components/', 'src/state/', 'src/shared/', 'src/theme/'],
    packages: PAGE_PACKAGES,
  },
  { name: 'app', owns: within('src/app/', 'src/main.tsx'), mayImport: ['src/', 'package.json'], packages: PAGE_PACKAGES },
  { name: 'ml', owns: within('workers/ml/'), mayImport: ['src/shared/'], packages: ['@tensorflow/', '@huggingface/tokenizers'] },
  {
    name: 'engine',
    owns: within('workers/engine/'),
    mayImport: ['src/shared/', 'workers/ml/'],
    packages: ['@tensorflow/', 'valibot', 'idb'],
  },
  { name: 'data', owns: within('workers/data/'), mayImport: ['src/shared/'], packages: ['valibot', 'client-zip', 'fflate', 'fast-png'] },
  { name: 'offline', owns: within('workers/offline/'), mayImport: ['src/shared/'], packages: [] },
  { name: 'statistics', owns: within('workers/statistics/'), mayImport: ['src/shared/'], packages: [] },
  { name: 'data.worker', owns: within('workers/data.worker.ts'), mayImport: ['src/shared/', 'workers/data/'], packages: [] },
  { name: 'engine.worker', owns: within('workers/engine.worker.ts'), mayImport: ['src/shared/', 'workers/engine/'], packages: [] },
  {
    name: 'statistics.worker',
    owns: within('workers/statistics.worker.ts'),
    mayImport: ['src/shared/', 'workers/statistics/'],
    packages: [],
  },
];

const ROOT = join(import.meta.dirname, '..');
const IMPORT =
  /(?:^|[\s;])(?:import|export)\s+(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|new URL\(\s*['"]([^'"]+)['"]\s*,\s*import\.meta\.url/g;

function isExempt(path: string): boolean {
  return path.startsWith('workers/node/') || path.startsWith('workers/ml/kernels/simd/assembly/') || path.endsWith('.node.ts');
}

/** Removes comments, so that words in them are not taken for code. Strings stay. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[\s;,{}()])\/\/.*$/gm, '$1');
}

function readSource(path: string): Source {
  const text = withoutComments(readFileSync(join(ROOT, path), 'utf8'));
  const imports = [...text.matchAll(IMPORT)].map((match) => {
    const specifier = (match[1] ?? match[2] ?? match[3] ?? '').replace(/\?.*$/, '');
    const isPackage = !specifier.startsWith('.');
    return { target: isPackage ? specifier : normalize(join(dirname(path), specifier)), isPackage };
  });
  return { path, text, imports };
}

const paths = ['src', 'workers'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
);
const sources = paths.filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts') && !isExempt(path)).map(readSource);
const layerOf = (path: string) => LAYERS.find((layer) => layer.owns(path));

function allows(layer: Layer, { target, isPackage }: Source['imports'][number]): boolean {
  if (!isPackage) return layer.owns(target) || layer.mayImport.some((prefix) => target.startsWith(prefix));
  return layer.packages.some((name) => (name.endsWith('/') ? target.startsWith(name) : target === name || target.startsWith(`${name}/`)));
}

const violations = (check: (source: Source) => string[]) =>
  sources.flatMap((source) => check(source).map((fault) => `${source.path}: ${fault}`));

/** Occurrences of a pattern in the files of some folders. */
const uses = (folders: string[], pattern: RegExp) =>
  violations(({ path, text }) => (within(...folders)(path) ? [...text.matchAll(pattern)].map(([found]) => found.trim()) : []));

/** What stands between the parenthesis at the end of `head` and its partner, for each place where `head` stands. */
function argumentsOf(text: string, head: RegExp): string[] {
  return [...text.matchAll(head)].map((match) => {
    const start = match.index + match[0].length;
    let end = start;
    for (let open = 1; open > 0 && end < text.length; end++) open += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0;
    return text.slice(start, end - 1);
  });
}

/** Files that import each other, directly or over others, one line per group; types count, and threads that are started. */
function importCircles(importsOf: ReadonlyMap<string, readonly string[]>): string[] {
  const reached = new Map([...importsOf.keys()].map((path) => [path, reachedFrom(path, importsOf)]));
  const circleOf = ([path, targets]: [string, ReadonlySet<string>]) =>
    [...targets].filter((target) => reached.get(target)?.has(path)).toSorted();
  return [...new Set([...reached].map((one) => circleOf(one).join(', ')))].filter((circle) => circle !== '');
}

/** What a file imports, and what that imports; the file itself only where it comes back to it. */
function reachedFrom(path: string, importsOf: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [path];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const target of importsOf.get(next) ?? []) {
      if (reached.has(target)) continue;
      reached.add(target);
      open.push(target);
    }
  }
  return reached;
}

describe('the architecture', () => {
  it('is read: there are sources of every layer that exists', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(200);
    expect(readSource('src/client/data-client.ts').imports.map(({ target }) => target)).toContain('workers/data.worker.ts');
  });

  it('gives every source file a layer', () => {
    expect(sources.filter(({ path }) => !layerOf(path)).map(({ path }) => path)).toEqual([]);
  });

  it('has no import that the layer may not make', () => {
    const faults = violations(({ path, imports }) => {
      const layer = layerOf(path);
      return layer ? imports.filter((target) => !allows(layer, target)).map(({ target }) => `${layer.name} must not import ${target}`) : [];
    });
    expect(faults).toEqual([]);
  });

  it('has no files that import each other', () => {
    const read = paths.filter((path) => /\.tsx?$/.test(path)).map(readSource);
    const fileOf = (target: string) => (/\.\w+$/.test(target) ? target : `${target}.ts`); // AssemblyScript leaves it out
    const pathsOf = ({ imports }: Source) => imports.filter(({ isPackage }) => !isPackage).map(({ target }) => fileOf(target));
    expect(importCircles(new Map(read.map((source) => [source.path, pathsOf(source)])))).toEqual([]);
  });

  it('would find files that import each other', () => {
    const importsOf = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', ['e']],
      ['e', ['e', 'f']],
      ['f', []],
    ]);
    expect(importCircles(importsOf)).toEqual(['a, b, c', 'e']);
  });

  it('keeps features apart from each other and from storage and clients', () => {
    const featureOf = (path: string) => /^src\/features\/([^/]+)\//.exec(path)?.[1];
    const faults = violations(({ path, imports }) => {
      const feature = featureOf(path);
      if (!feature) return [];
      const foreign = imports.filter(
        ({ target }) => (featureOf(target) ?? feature) !== feature || target.startsWith('src/shared/storage/'),
      );
      return foreign.map(({ target }) => `must not import ${target}`);
    });
    expect(faults).toEqual([]);
  });

  it('keeps tensors out of the page and React out of the workers', () => {
    const packages = (folder: string, forbidden: RegExp) =>
      violations(({ path, imports }) =>
        path.startsWith(folder) ? imports.filter(({ target }) => forbidden.test(target)).map(({ target }) => target) : [],
      );
    expect(packages('src/', /^@tensorflow\//)).toEqual([]);
    expect(packages('workers/', /^(react|react-dom|@mantine\/|zustand|recharts)/)).toEqual([]);
  });

  it('never reads tensors synchronously', () => {
    expect(uses(['src/', 'workers/'], /\b(dataSync|arraySync)\b/g)).toEqual([]);
  });

  it('compiles shared code and workers without the DOM, so that wrong-thread code is refused', () => {
    const config = JSON.parse(readFileSync(join(ROOT, 'tsconfig.workers.json'), 'utf8')) as {
      include: string[];
      compilerOptions: { lib: string[] };
    };
    expect(config.include).toEqual(['workers', 'src/shared']);
    expect(config.compilerOptions.lib.filter((lib) => lib.startsWith('dom'))).toEqual([]);
    expect(
      paths
        .filter((path) => /\.tsx?$/.test(path))
        .filter((path) => /\/\/\/\s*<reference\s+lib=.dom/.test(readFileSync(join(ROOT, path), 'utf8'))),
    ).toEqual([]);
  });

  it('writes numbers for people in one place, so that the number settings hold on every page', () => {
    const faults = uses(['src/app/', 'src/components/', 'src/features/'], /\.(toFixed|toExponential)\(|\bIntl\.NumberFormat\b/g);
    const outside = (fault: string) => !fault.startsWith('src/components/format.ts:');
    expect(faults.filter(outside)).toEqual([]);
    expect(faults.length).toBeGreaterThan(0);
  });

  it('says of every error that a user may meet what is safe and what to do', () => {
    const expected = /^'E-(INTERNAL|CANCELLED)'/; // a fault of ours; what the user asked for
    const hasAdvice = (error: string) =>
      (/\bsafe\b/.test(error) && /\bremedy\b/.test(error)) || /\.\.\.[A-Z]|,\s*[A-Z_]+,?\s*$/.test(error);
    const errors = ({ path, text }: Source) =>
      within('src/', 'workers/data/', 'workers/engine/')(path) ? argumentsOf(text, /new WorkbenchError\(\s*(?='E-)/g) : [];
    expect(sources.flatMap(errors).length).toBeGreaterThan(100);
    expect(violations((source) => errors(source).filter((error) => !expected.test(error) && !hasAdvice(error)))).toEqual([]);
  });

  it('creates workers only in the client', () => {
    expect(uses(['src/app/', 'src/components/', 'src/features/', 'src/state/', 'src/shared/'], /\bnew (Shared)?Worker\(/g)).toEqual([]);
  });

  it('imports tfjs by name, with extensions on relative paths', () => {
    expect(uses(['workers/'], /import \* as \w+ from '@tensorflow[^']*'/g)).toEqual([]);
    const bare = violations(({ imports }) =>
      imports.filter(({ target, isPackage }) => !isPackage && !/\.\w+$/.test(target)).map(({ target }) => target),
    );
    expect(bare).toEqual([]);
  });
});
