import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckList, largestDifference } from './kind.ts';
import { findFixtures, formatResult, runFixture } from './runner.ts';

let folder: string;
const noBackend = async (): Promise<void> => {
  throw new Error('no backend in this test');
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parity-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function writeFixture(name: string, content: string): Promise<string> {
  await mkdir(join(folder, name), { recursive: true });
  const path = join(folder, name, 'fixture.json');
  await writeFile(path, content);
  return path;
}

const overlap = (rougeP: number): string =>
  JSON.stringify({
    kind: 'text-overlap',
    name: 'one',
    limits: { abs: 1e-9 },
    cases: [
      { name: 'half', generated: 'a b', reference: 'a c', expected: { rougeL_f: 0.5, rougeL_p: rougeP, rougeL_r: 0.5, token_f1: 0.5 } },
    ],
  });

describe('the parity runner', () => {
  it('passes a fixture whose numbers agree and says how many checks ran', async () => {
    const result = await runFixture(await writeFixture('good', overlap(0.5)), noBackend);
    expect(result.ok).toBe(true);
    expect(formatResult(result)).toMatch(/^ok +text-overlap one {2}4 checks {2}max diff 0\.0e\+0 \(limit 1e-9\)$/);
  });

  it('fails a fixture with one wrong number and names the check', async () => {
    const result = await runFixture(await writeFixture('wrong', overlap(0.6)), noBackend);
    expect(result.ok).toBe(false);
    expect(formatResult(result)).toMatch(/^FAIL text-overlap one {2}3\/4 checks .*half: rougeL_p: .*got 0\.5, want 0\.6/);
  });

  it.each([
    ['an unknown kind', '{"kind":"nonsense"}', /unknown kind "nonsense"/],
    ['a fixture that is not JSON', '{', /JSON/],
    ['a fixture that is not an object', '[]', /not an object/],
    ['a missing field', '{"kind":"text-overlap"}', /Invalid key|limits/],
    ['a missing file', '{"kind":"tokenizer","tokenizer":"tokenizer.json","cases":[]}', /ENOENT.*tokenizer\.json/],
    ['a fixture with nothing to check', '{"kind":"text-overlap","limits":{"abs":1},"cases":[]}', /nothing to check/],
    [
      'a backend that does not start',
      JSON.stringify({ kind: 'policy-loss', objective: 'paper', settings: { epsilon: 1, beta: 1 }, limits: { rel: 1 }, expected: {} }),
      /no backend/,
    ],
  ])('fails for %s with the reason', async (name, content, reason) => {
    const result = await runFixture(await writeFixture(name, content), noBackend);
    expect(result.ok).toBe(false);
    expect(result.reason).toMatch(reason);
    expect(formatResult(result)).toContain('FAIL');
  });

  it('finds fixtures at any depth', async () => {
    await writeFixture('deep/er', '{}');
    expect(await findFixtures(join(folder, 'deep'))).toEqual([join(folder, 'deep', 'er', 'fixture.json')]);
  });
});

describe('CheckList', () => {
  it('forgives failures only within the tolerated share of their group', () => {
    const list = new CheckList();
    list.tolerate('keyword', 0.25);
    for (let i = 0; i < 4; i++) list.that(`case ${i} keyword`, i > 0);
    expect(list.failures()).toEqual([]);
    list.that('case 4 keyword', false);
    expect(list.failures()).toHaveLength(2);
  });

  it('counts NaN, another length and infinity as differences, equal infinities not', () => {
    expect(largestDifference([NaN], [1])).toBeNaN();
    expect(largestDifference([1], [1, 2])).toBe(Infinity);
    expect(largestDifference([Infinity, NaN], [Infinity, NaN])).toBe(0);
    const list = new CheckList();
    list.close('not a number', NaN, 1, 1e9);
    expect(list.failures()).toHaveLength(1);
  });
});
