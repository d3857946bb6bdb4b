import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import type { DataApi, ImportEntry } from '../../src/shared/data-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import { editSamples } from '../../src/shared/storage/sample-edits.ts';
import { getDataset } from '../../src/shared/storage/datasets.ts';
import { listSamples } from '../../src/shared/storage/samples.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { openZip } from '../../src/shared/formats/zip-reader.ts';
import { sniffingDataHandlers, tinyPng } from '../support/data-handlers.ts';
import { openTestDatabase } from '../support/database.ts';

const context = { signal: new AbortController().signal, progress: () => undefined };

/** Names that paths, addresses and zips trip over. */
const PATHS = [
  'ddim/train/fake/Grüße #1 100%?.PNG',
  'ddim/train/real/same.png',
  'sd/val/real/same.png',
  'sd/test/fake/顔 & <face>.png',
  `SiT/test/real/${'long'.repeat(50)}.png`,
  'SiT/test/fake/deeper/than usual/7.png',
];
const turns = [
  { from: 'human', value: '<image>\nWell?' },
  { from: 'gpt', value: '**Skin**: "waxy",\nüber.\n\n### Answer: fake' },
];
const ANNOTATIONS = [
  { id: PATHS[0], image: PATHS[0], conversations: turns, binary_label: 1 },
  { id: PATHS[3], image: PATHS[3], conversations: turns.slice(0, 1), binary_label: 1 },
];
const QUESTION = { question_id: 0, image: PATHS[1], text: 'Real?', label: 'real' };

let db: Database;
let data: Handlers<DataApi>;
beforeEach(async () => {
  db = await openTestDatabase();
  data = sniffingDataHandlers(db);
});

const pictures = (): ImportEntry[] => PATHS.map((path, i) => ({ path: `set/${path}`, file: new File([tinyPng(i)], path) }));

async function imported(entries: ImportEntry[], name: string): Promise<string> {
  const review = await data.review({ entries }, context);
  return (await data.import({ reviewId: review.reviewId, name, fixes: [] }, context)).datasetId;
}

async function firstDataset(): Promise<string> {
  const texts = [
    { path: 'set/train.json', file: new File([JSON.stringify(ANNOTATIONS)], 'train.json') },
    { path: 'set/q.jsonl', file: new File([JSON.stringify(QUESTION)], 'q.jsonl') },
  ];
  const id = await imported([...pictures(), ...texts], 'first');
  await editSamples(db, id, [
    { id: `${id}/${PATHS[0]}`, tags: ['review', 'odd one'], note: 'look: "here"', rating: 4 },
    { id: `${id}/${PATHS[1]}`, tags: ['excluded'] },
    { id: `${id}/${PATHS[5]}`, tags: ['leak'], note: 'neither annotated nor asked' },
  ]);
  return id;
}

/** All that should survive, without the ids of the dataset and where a text came from. */
async function facts(datasetId: string) {
  const strip = ({ id, datasetId: _, annotation, problems: __, questionId: ___, ...rest }: SampleRecord) => ({
    ...rest,
    key: id.slice(datasetId.length),
    text: annotation && { question: annotation.question, answer: annotation.answer, binaryLabel: annotation.binaryLabel },
  });
  return { hash: (await getDataset(db, datasetId))?.contentHash, samples: (await listSamples(db, datasetId)).map(strip) };
}

const exported = async (datasetId: string, format: DataApi['exportDataset']['params']['format']) =>
  (await data.exportDataset({ datasetId, format }, context)).file;

describe('what was exported and is imported again', () => {
  it('as a zip has the same content hash, ids, splits, labels, texts, tags, notes and ratings', async () => {
    const first = await firstDataset();
    const zip = await openZip(await exported(first, 'zip'));
    const entries = await Promise.all([...zip.values()].map(async ({ path, read }) => ({ path, file: new File([await read()], path) })));
    const again = await imported(entries, 'again');
    expect(await facts(again)).toEqual(await facts(first));
    expect((await getDataset(db, again))?.counts).toEqual((await getDataset(db, first))?.counts);
  });

  it('as an imagefolder has the same pictures, domains, splits, labels, texts and tags', async () => {
    const first = await firstDataset();
    const zip = await openZip(await exported(first, 'imagefolder'));
    const entries = await Promise.all(
      [...zip.values()].map(async ({ path, read }) => ({ path: `folder/${path}`, file: new File([await read()], path) })),
    );
    const review = await data.review({ entries }, context);
    expect(review.files.map(({ kind }) => kind)).toEqual(['metadata-jsonl', 'metadata-jsonl', 'metadata-jsonl']);
    expect([review.textWithoutImage, review.problems]).toEqual([[], []]);
    const { datasetId } = await data.import({ reviewId: review.reviewId, name: 'again', fixes: [] }, context);
    const told = async (id: string) => {
      const { samples } = await facts(id);
      const rows = samples.map(({ sha256, domain, split, label, tags, questionText, text }) => ({
        sha256,
        domain,
        split,
        label,
        tags: tags.join(' ').split(' '),
        questionText,
        ...(text && { question: text.question, answer: text.answer }),
      }));
      return rows.toSorted((a, b) => a.sha256.localeCompare(b.sha256));
    };
    // A row that has a question and no answer comes back as a question: the format has no other place for it.
    const expected = (await told(first)).map((row) =>
      row.answer === '' ? { ...row, questionText: row.question, question: undefined, answer: undefined } : row,
    );
    expect(await told(datasetId)).toEqual(expected);
  });

  it('as LLaVA JSON beside the pictures keeps texts, labels and the marks of annotated images', async () => {
    const first = await firstDataset();
    const json = new File([await exported(first, 'llava-json')], 'train.json');
    const again = await facts(await imported([...pictures(), { path: 'set/train.json', file: json }], 'again'));
    const before = await facts(first);
    expect(again.hash).toBe(before.hash);
    expect(again.samples.find(({ path }) => path === PATHS[0])).toEqual(before.samples.find(({ path }) => path === PATHS[0]));
    expect(again.samples.map(({ path, split, label }) => [path, split, label])).toEqual(
      before.samples.map(({ path, split, label }) => [path, split, label]),
    );
  });

  it('as question JSONL beside the pictures keeps questions, labels and the marks of asked images', async () => {
    const first = await firstDataset();
    const lines = new File([await exported(first, 'question-jsonl')], 'q.jsonl');
    const again = await facts(await imported([...pictures(), { path: 'set/q.jsonl', file: lines }], 'again'));
    const asked = again.samples.filter(({ questionText }) => questionText !== undefined);
    expect(asked).toMatchObject([{ path: PATHS[1], questionText: 'Real?', label: 'real', tags: ['excluded'] }]);
    expect(again.hash).toBe((await facts(first)).hash);
  });

  const python = spawnSync('python3', ['--version']);
  it.skipIf(python.status !== 0)('as a zip opens with Python, names and JSON whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'prpo-zip-'));
    const file = join(folder, 'set.zip');
    await writeFile(file, Buffer.from(await (await exported(await firstDataset(), 'zip')).arrayBuffer()));
    const script = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
rows = json.loads(z.read('train.json'))
lines = [json.loads(line) for line in z.read('questions.jsonl').decode().splitlines()]
names = [n for n in z.namelist() if n.lower().endswith('.png')]
print(json.dumps({'names': names, 'images': [r['image'] for r in rows], 'missing': [r['image'] for r in rows + lines if r['image'] not in names]}))
`;
    const { stdout, stderr } = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' });
    await rm(folder, { recursive: true });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ names: [...PATHS].sort(), images: [PATHS[0], PATHS[3]].sort(), missing: [] });
  });
});
