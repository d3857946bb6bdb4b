// Style sheets and those who use them: no class that nobody takes, none taken that is not there. TypeScript cannot see either.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', 'src');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const paths = readdirSync(ROOT, { recursive: true, encoding: 'utf8' });
const sheets = paths.filter((path) => path.endsWith('.module.css'));
const views = paths.filter((path) => path.endsWith('.tsx'));

/** The classes that a sheet defines. */
function classesOf(path: string): Set<string> {
  const css = read(path).replaceAll(/\/\*[\s\S]*?\*\//g, '');
  const selectors = [...css.matchAll(/([^{};]+)\{/g)].map(([, selector = '']) => selector).filter((text) => !text.trim().startsWith('@'));
  return new Set(selectors.flatMap((selector) => [...selector.matchAll(/\.([A-Za-z_][\w-]*)/g)].map(([, name = '']) => name)));
}

interface Use {
  user: string;
  sheet: string;
  /** null: taken by a computed name, so any could be meant. */
  name: string | null;
}

/** What the view reads from the sheets it imports. */
function usesIn(view: string): Use[] {
  const text = read(view);
  const imported = [...text.matchAll(/import (\w+) from '(\.[^']+\.module\.css)'/g)];
  return imported.flatMap(([, variable = '', target = '']) => {
    const sheet = normalize(join(dirname(view), target));
    const taken = [...text.matchAll(new RegExp(`\\b${variable}(?:\\.(\\w+)|\\[)`, 'g'))];
    return taken.map(([, name]): Use => ({ user: view, sheet, name: name ?? null }));
  });
}

/** What a sheet composes of others. */
function composedIn(path: string): Use[] {
  return [...read(path).matchAll(/composes:\s*([\w\s-]+?)\s+from\s+'([^']+)'/g)].flatMap(([, names = '', target = '']) =>
    names.split(/\s+/).map((name): Use => ({ user: path, sheet: normalize(join(dirname(path), target)), name })),
  );
}

/** Names of the properties that the rule of one class alone sets. */
function propertiesOf(path: string, name: string): string[] {
  const css = read(path).replaceAll(/\/\*[\s\S]*?\*\//g, '');
  const body = new RegExp(`(?:^|\\})\\s*\\.${name}\\s*\\{([^}]*)\\}`).exec(css)?.[1] ?? '';
  return [...body.matchAll(/(?:^|;)\s*([\w-]+)\s*:/g)].map(([, property = '']) => property).filter((property) => property !== 'composes');
}

/** Properties that a composing rule sets again. */
function departuresIn(path: string): string[] {
  const rules = [...read(path).matchAll(/\.([\w-]+)\s*\{\s*composes:\s*([\w-]+)\s+from\s+'([^']+)'/g)];
  return rules.flatMap(([, own = '', name = '', target = '']) => {
    const shared = propertiesOf(normalize(join(dirname(path), target)), name);
    const again = propertiesOf(path, own).filter((one) => shared.some((two) => one === two || one.startsWith(`${two}-`)));
    return again.map((property) => `${path}: .${own} sets ${property} of .${name}`);
  });
}

const uses = [...views.flatMap(usesIn), ...sheets.flatMap(composedIn)];

describe('style sheets', () => {
  it('define every class that is taken from them', () => {
    expect(uses.length).toBeGreaterThan(500);
    const missing = uses.filter(({ sheet, name }) => name !== null && !classesOf(sheet).has(name));
    expect(missing.map(({ user, sheet, name }) => `${user} takes .${name} of ${sheet}`)).toEqual([]);
  });

  it('set nothing again that they compose: a shared rule is loaded once more with every page, and the last one wins', () => {
    expect(sheets.flatMap(composedIn).length).toBeGreaterThan(30);
    expect(propertiesOf('components/Table.module.css', 'table')).toContain('width');
    expect(sheets.flatMap(departuresIn)).toEqual([]);
  });

  it('take every font size from the scale of the theme; the printed report has points of its own', () => {
    const sizes = paths
      .filter((path) => path.endsWith('.css') && !path.endsWith('report.css'))
      .flatMap((path) => [...read(path).matchAll(/font-size:\s*([^;]+);/g)].map(([, size = '']) => ({ path, size })));
    expect(sizes.length).toBeGreaterThan(150);
    const own = sizes.filter(({ size }) => !/^(var\(--text-\w+\)|inherit|0\.92em|16px)$/.test(size));
    expect(own).toEqual([]);
  });

  it('define no class that nobody takes', () => {
    const idle = sheets.flatMap((sheet) => {
      const own = uses.filter((use) => use.sheet === sheet);
      if (own.some(({ name }) => name === null)) return [];
      const taken = new Set(own.map(({ name }) => name));
      return [...classesOf(sheet)].filter((name) => !taken.has(name)).map((name) => `${sheet}: .${name}`);
    });
    expect(idle).toEqual([]);
  });
});
