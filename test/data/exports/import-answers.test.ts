import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImportEntry } from '../../../src/shared/data-api.ts';
import type { Handlers } from '../../../src/shared/rpc.ts';
import type { DataApi } from '../../../src/shared/data-api.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { getEval, listAnswers, listEvals } from '../../../src/shared/storage/evals.ts';
import { putSamples } from '../../../src/shared/storage/samples.ts';
import { createDataHandlers } from '../../../workers/data/handlers.ts';
import { openTestDatabase } from '../../support/database.ts';
import { someDataset, someSample } from '../../support/records.ts';

const CONTRADICTORY = '**Skin**: the texture is waxy and smeared, clearly artificial.\n\n**Eyes**: a fake glossy look.\n\n### Answer: real';
const answer = (id: number, fields: object = {}) => ({
  question_id: id,
  prompt: 'Well?',
  text: CONTRADICTORY,
  answer_id: `${id}`,
  model_id: 'gpu-box',
  predict: 'real',
  label: 'fake',
  ...fields,
});
const file = (path: string, rows: readonly unknown[]): ImportEntry => ({
  path,
  file: new File([rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n')], path),
});
const utf16 = (text: string): Uint8Array<ArrayBuffer> => {
  const units = Uint16Array.from(text, (character) => character.charCodeAt(0));
  return new Uint8Array(units.buffer);
};
const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));
const context = (signal = new AbortController().signal) => ({ signal, progress: vi.fn() });

let db: Database;
let data: Handlers<DataApi>;
beforeEach(async () => {
  db = await openTestDatabase();
  data = createDataHandlers({
    openDb: async () => db,
    readPicture: () => Promise.reject(new Error('no picture is read here')),
    readPixels: () => Promise.reject(new Error('no pixels are read here')),
    fetchFile: () => Promise.reject(new Error('no file is fetched here')),
    storageStatus: async () => ({ usedBytes: 0, quotaBytes: 1e9, persisted: false }),
    asOnlyWriter: (work) => work(),
  });
});

const importDrop = async (entries: ImportEntry[], signal?: AbortSignal) => {
  const { reviewId, files } = await data.review({ entries }, context());
  expect(files.map(({ kind }) => kind)).toContain('answers-jsonl');
  return data.importAnswers({ reviewId, codeVersion: '1' }, context(signal));
};

describe('importing answers made elsewhere', () => {
  it('makes a finished evaluation without a dataset, with paragraphs scored without image', async () => {
    const { evalId } = await importDrop([file('answers.jsonl', [answer(4, { image: 'sd/test/fake/4.png' }), answer(9), '{"broken'])]);
    const record = await getEval(db, evalId);
    expect(record).toMatchObject({
      state: 'done',
      modelId: 'imported',
      modelName: 'gpu-box',
      datasetId: 'imported',
      sampleIds: ['imported/sd/test/fake/4.png', 'imported/question-9'],
    });
    expect(record?.imported).toMatchObject({
      fileName: 'answers.jsonl',
      questionFile: null,
      sha256: { answers: expect.stringMatching(/^[0-9a-f]{64}$/), questions: null },
      rows: 3,
      problems: [{ code: 'json-broken', path: 'answers.jsonl#3' }],
    });
    const [first] = await listAnswers(db, evalId);
    expect(first).toMatchObject({ index: 4, domain: 'sd', label: 'fake', predict: 'real', parseRule: 'file', pFakeHead: null });
    // A contradiction: both reasons vote fake, the answer says real. Without an image the reward is PCR alone.
    expect(first?.paragraphs.map(({ pcr, reward, cosine, hasImage }) => [pcr, reward, cosine, hasImage])).toEqual([
      [1, 1, null, false],
      [1, 1, null, false],
      [0, 0, null, false],
    ]);
  });

  it('finds the stored images of a dataset and counts unanswered questions as expected', async () => {
    const samples = ['aster/test/fake/1.png', 'aster/test/real/2.png', 'aster/test/real/3.png'].map((path) =>
      someSample({ datasetId: 'ds', path }),
    );
    const blob = new Blob(['x']);
    await putSamples(
      db,
      samples.map((sample) => ({ sample, image: blob, thumbnail: blob })),
      someDataset({ id: 'ds', name: 'Mine', contentHash: 'h' }),
    );
    const questions = samples.map(({ path }, id) => ({ question_id: id, image: `D:\\data\\${path.replaceAll('/', '\\')}`, text: 'Well?' }));
    const { evalId } = await importDrop([
      file('questions.jsonl', questions),
      file('answers.jsonl', [{ question_id: 1, prompt: 'Well?', text: '### Answer: real', answer_id: 'x', model_id: 'm', metadata: {} }]),
    ]);
    expect(await getEval(db, evalId)).toMatchObject({
      datasetId: 'ds',
      datasetName: 'Mine',
      datasetHash: 'h',
      sampleIds: samples.map(({ id }) => id),
      imported: { questionFile: 'questions.jsonl', problems: [{ code: 'predict-missing' }], unanswered: { aster: 2 } },
    });
    expect(await listAnswers(db, evalId)).toMatchObject([
      { sampleId: 'ds/aster/test/real/2.png', label: 'real', predict: 'real', domain: 'aster' },
    ]);
  });

  it('keeps the first answer to an image and reports the second', async () => {
    const { evalId } = await importDrop([file('answers.jsonl', [answer(0, { image: 'a/1.png' }), answer(1, { image: 'a/1.png' })])]);
    expect((await getEval(db, evalId))?.imported?.problems).toMatchObject([{ code: 'duplicate-image', path: 'answers.jsonl#2' }]);
  });

  it('joins images by base name and takes the label of the stored folder where the files give none', async () => {
    const sample = someSample({ datasetId: 'ds', path: 'aster/test/fake/77.png' });
    const blob = new Blob(['x']);
    for (const id of ['older', 'ds']) {
      const own = { ...sample, datasetId: id, id: `${id}/${sample.path}` };
      await putSamples(db, [{ sample: own, image: blob, thumbnail: blob }], someDataset({ id }));
    }
    const entries = [
      file('questions.jsonl', [{ question_id: 0, image: '77.png', text: 'Well?' }]),
      file('answers.jsonl', [{ question_id: 0, prompt: 'Well?', text: '### Answer: fake', answer_id: 'x', model_id: 'm' }]),
    ];
    for (const preferred of ['older', 'ds']) {
      const { reviewId } = await data.review({ entries }, context());
      const { evalId } = await data.importAnswers({ reviewId, codeVersion: '1', datasetId: preferred }, context());
      expect(await listAnswers(db, evalId)).toMatchObject([{ sampleId: `${preferred}/${sample.path}`, label: 'fake', domain: 'aster' }]);
    }
  });

  const encoded: [string, (text: string) => BlobPart[], string[]][] = [
    ['UTF-16 with its mark', (text) => [new Uint8Array([0xff, 0xfe]), utf16(text)], ['encoding answers.jsonl#1']],
    ['UTF-16 without a mark', (text) => [utf16(text)], ['encoding answers.jsonl#1']],
    ['UTF-8 with a byte order mark', (text) => ['\uFEFF', text], ['encoding answers.jsonl#1']],
    ['Latin-1 in one line', (text) => [latin1(text.replace('Zoë', '\u00e9')), '\n'], ['encoding answers.jsonl#2']],
  ];
  it.each(encoded)('reads %s, says so with the line, and loses no row', async (_name, bytes, problems) => {
    const text = [answer(0), answer(1, { text: 'Zoë: ### Answer: fake', predict: 'fake' }), '{"broken', answer(3)]
      .map((row) => (typeof row === 'string' ? row : JSON.stringify(row)))
      .join('\n');
    const { evalId } = await importDrop([{ path: 'answers.jsonl', file: new File(bytes(text), 'answers.jsonl') }]);
    const record = await getEval(db, evalId);
    expect(record?.imported?.rows).toBe(4);
    expect(record?.imported?.problems.map(({ code, path }) => `${code} ${path}`)).toEqual([...problems, 'json-broken answers.jsonl#3']);
    const answers = await listAnswers(db, evalId);
    expect(answers.map(({ predict }) => predict)).toEqual(['real', 'fake', 'real']);
    expect(answers[1]?.text).toMatch(/^(Zoë|é): /);
  });

  it('stores nothing when no row can be used or when it is stopped', async () => {
    await expect(importDrop([file('answers.jsonl', [{ ...answer(0), text: 1 }])])).rejects.toMatchObject({
      code: 'E-SCHEMA',
      message: expect.stringContaining('`text`'),
    });
    await expect(importDrop([file('answers.jsonl', [answer(0)])], AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    expect(await listEvals(db)).toEqual([]);
  });
});

describe('answers files that are not as usual', () => {
  const packed = async (path: string, text: string): Promise<ImportEntry> => {
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
    return { path, file: new File([await new Response(stream).blob()], path) };
  };

  it('makes one report per model where several answered the same questions', async () => {
    const rows = ['alpha', 'beta'].flatMap((model) => [answer(0, { model_id: model }), answer(1, { model_id: model })]);
    const { evalId } = await importDrop([file('both.jsonl', rows)]);
    const records = await listEvals(db);
    expect(new Map(records.map(({ modelName, sampleIds }) => [modelName, sampleIds.length]))).toEqual(
      new Map([
        ['alpha', 2],
        ['beta', 2],
      ]),
    );
    expect(records).toHaveLength(2);
    expect(records.find(({ id }) => id === evalId)?.modelName).toBe('alpha');
    for (const { imported } of records) {
      expect(imported?.problems[0]).toMatchObject({ code: 'models-mixed', action: 'kept' });
      expect(imported?.problems.some(({ code }) => code === 'duplicate-id')).toBe(false);
    }
    expect(await listAnswers(db, evalId)).toHaveLength(2);
  });

  it('reads a compressed file, a list in one document, and lines with NaN as a score', async () => {
    const rows = [answer(0), answer(1)];
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    const unusual = [
      await packed('answers.jsonl.gz', lines),
      { path: 'answers.json', file: new File([JSON.stringify(rows, null, 2)], 'answers.json') },
      { path: 'results.json', file: new File([JSON.stringify({ model: 'a', results: rows })], 'results.json') }, // on one line
      file(
        'nan.jsonl',
        rows.map((row) => JSON.stringify({ ...row, workbench: { p_fake_head: '@' } }).replace('"@"', 'NaN')),
      ),
    ];
    for (const entry of unusual) {
      const { evalId } = await importDrop([entry]);
      expect(await listAnswers(db, evalId)).toHaveLength(2);
    }
  });

  it('says of a file that is compressed by its name alone that it cannot be read', async () => {
    const { files, problems } = await data.review({ entries: [file('answers.jsonl.gz', [answer(0)])] }, context());
    expect(files).toEqual([]);
    expect(problems[0]).toMatchObject({ code: 'file-unreadable', path: 'answers.jsonl.gz' });
  });

  it('says that answers and questions do not belong together', async () => {
    const questions = file('questions.jsonl', [{ question_id: 0, image: 'a/test/fake/0.png', text: 'x' }]);
    await expect(importDrop([file('answers.jsonl', [answer(70), answer(71)]), questions])).rejects.toThrow(
      /None of the 2 ids in answers\.jsonl is in the question file/,
    );
  });

  it('takes the domain of an official result file from its data source', async () => {
    const result = { index: 0, response: CONTRADICTORY, ground_truth: 'fake', prediction: 'real', score: 0, data_source: 'llava-sd' };
    const { evalId } = await importDrop([file('prpo_simple_results.jsonl', [result])]);
    expect(await listAnswers(db, evalId)).toMatchObject([{ domain: 'sd', label: 'fake', predict: 'real' }]);
  });
});
