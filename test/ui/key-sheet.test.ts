// One source of keys: what the sheet lists is bound somewhere, and nothing is bound that it does not list.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moveInGrid } from '../../src/features/datasets/browse/grid-keys.ts';
import * as tables from '../../src/state/key-tables.ts';
import type { KeyTable } from '../../src/state/key-tables.ts';
import { NAVIGATION } from '../../src/app/navigation.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'src');
const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** The object that a function of the sources gives, where a view takes a part of its keys from it. */
const partOf = (name: string): string =>
  sources.map(({ text }) => new RegExp(`const ${name} = [\\s\\S]*?\\n}\\);`).exec(text)?.[0] ?? '').join('');

/** What every `useKeys(NAME, { ... })` of the sources binds, as one text. */
function boundTo(name: string): string {
  const calls = sources
    .flatMap(({ text }) =>
      [...text.matchAll(new RegExp(`useKeys\\(${name},([\\s\\S]*?)\\n  }?\\);?|useKeys\\(${name},([^\\n]*)`, 'g'))].map(([all]) => all),
    )
    .join('\n');
  return [calls, ...[...calls.matchAll(/\.\.\.(\w+)\(/g)].map(([, part = '']) => partOf(part))].join('\n');
}

const BOUND_BY_NAME: Record<string, KeyTable> = {
  INSPECT_KEYS: tables.INSPECT_KEYS,
  RUN_KEYS: tables.RUN_KEYS,
  QUIZ_KEYS: tables.QUIZ_KEYS,
};

describe('the sheet of keys', () => {
  it('lists every table of keys there is', () => {
    const { KEY_GROUPS: groups, ...everyTable } = tables;
    const listed = groups.flatMap(({ table }) => Object.values(table));
    const all = Object.values(everyTable).flatMap((table) => Object.values<tables.KeyEntry>(table));
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter((entry) => !listed.includes(entry))).toEqual([]);
    expect(listed.filter((entry) => !all.includes(entry))).toEqual([]);
  });

  it('lists no key that no view listens to', () => {
    const idle = Object.entries(BOUND_BY_NAME).flatMap(([name, table]) => {
      const bound = boundTo(name);
      expect(bound.length, name).toBeGreaterThan(0);
      return Object.keys(table)
        .filter((entry) => !new RegExp(`\\b${entry}[:,]`).test(bound))
        .map((entry) => `${name}.${entry}`);
    });
    expect(idle).toEqual([]);
  });

  it('has a page for each chord, and a chord for each page of the rail', () => {
    expect(Object.keys(tables.PAGE_KEYS).sort()).toEqual(NAVIGATION.map(({ to }) => to).sort());
  });

  it('names the keys by which the gallery moves, and no others', () => {
    const { move, ends, pages, step } = tables.GALLERY_KEYS;
    const moving = [move, ends, pages, step].flatMap(({ keys }) => [...keys]);
    expect(moving.filter((key) => moveInGrid(key, 30, 5, 100) === null)).toEqual([]);
    const others = [...'abcdefghilmnopqrstuvwyz', 'Enter', 'Tab', ' '].filter((key) => moveInGrid(key, 30, 5, 100) !== null);
    expect(others).toEqual([]);
  });
});
