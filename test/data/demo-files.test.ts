import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoSample } from '../../workers/data/demo/generate.ts';
import { claimsOf, isTrueClaim } from '../../workers/data/demo/grammar.ts';
import { renderPortrait } from '../../workers/data/demo/portrait.ts';
import { demoAnnotation, demoKeys, demoPath, type QuestionRow, type TrainRow } from '../../workers/data/demo/rows.ts';
import { decodeFile } from '../support/decode.ts';
import { parseSampleDataArguments, writeSampleData } from '../../workers/node/sample-data.ts';

const SEED = 5;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sample-data-'));
  await writeSampleData({ outDir: folder, seed: SEED, perClass: 1 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

describe('npm run sample-data', () => {
  it('writes five domains with three splits and two labels each', async () => {
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.png'));
    expect(files.map((name) => name.replaceAll('\\', '/')).toSorted()).toEqual([...demoKeys(SEED, 1)].map(demoPath).toSorted());
    expect(files).toHaveLength(30);
  });

  it('writes the pixels that the generator draws', async () => {
    const key = { seed: SEED, domain: 'cedar', split: 'val', label: 'fake', index: 0 } as const;
    const { image } = await decodeFile(new Uint8Array(await readFile(join(folder, demoPath(key)))));
    expect(image.data).toEqual(renderPortrait(demoSample(key).spec).data);
  });

  it('writes one training row per image of the train split, true in every paragraph', async () => {
    const rows: TrainRow[] = JSON.parse(await read('train.json'));
    const artefacts: Record<string, { kind: string; strength: number }[]> = JSON.parse(await read('artefacts.json'));
    expect(rows).toHaveLength(10);
    for (const { id, image, conversations, binary_label } of rows) {
      const answer = conversations[1]?.value ?? '';
      expect(id).toBe(image);
      expect(answer.endsWith(binary_label === 1 ? '### Answer: fake' : '### Answer: real')).toBe(true);
      expect(image).toContain(binary_label === 1 ? '/train/fake/' : '/train/real/');
      const claims = claimsOf(answer);
      expect(claims).toHaveLength(4);
      expect(claims.every((claim) => isTrueClaim(claim, artefacts[image] ?? []))).toBe(true);
    }
  });

  it('writes one question per image of the test split, numbered from 0', async () => {
    const lines = (await read('test_questions.jsonl')).trim().split('\n');
    const rows: QuestionRow[] = lines.map((line) => JSON.parse(line));
    expect(rows.map((row) => row.question_id)).toEqual([...Array(10).keys()]);
    for (const { image, label, text } of rows) {
      expect(image).toContain(`/test/${label}/`);
      expect(text.startsWith('<image>\n')).toBe(true);
    }
  });

  it('says that the pictures are synthetic', async () => {
    expect(await read('README.md')).toContain('This is not DF-R5');
  });

  it('offers other phrasings of the same claims', () => {
    const key = { seed: SEED, domain: 'aster', split: 'train', label: 'real', index: 0 } as const;
    expect(demoAnnotation(key, 0)).toBe(demoAnnotation(key, 0));
    expect(new Set([0, 1, 2, 3].map((variant) => demoAnnotation(key, variant))).size).toBeGreaterThan(1);
  });
});

describe('the command line', () => {
  it('has defaults', () => {
    expect(parseSampleDataArguments(['out'])).toEqual({ outDir: 'out', seed: 1, perClass: 20 });
    expect(parseSampleDataArguments(['out', '--seed', '9', '--per-class', '3'])).toEqual({ outDir: 'out', seed: 9, perClass: 3 });
  });

  it.each([[[]], [['a', 'b']], [['out', '--per-class', '0']], [['out', '--seed', 'x']]])('refuses %j', (args) => {
    expect(() => parseSampleDataArguments(args)).toThrowError(expect.objectContaining({ code: 'E-CONFIG' }));
  });
});
