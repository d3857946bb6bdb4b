import { describe, expect, it } from 'vitest';
import { openAnnotationFile, readRows } from '../../workers/data/annotation-file.ts';
import type { TextRow } from '../../workers/data/annotation-rows.ts';
import { readAnswerLabel, withExactAnswer } from '../../workers/data/answer-label.ts';
import { decodeText, parseJson } from '../../src/shared/formats/json-text.ts';

const train = (fields: object = {}) => ({
  id: 'ddim/train/fake/1.png',
  image: 'ddim/train/fake/1.png',
  conversations: [
    { from: 'human', value: '<image>\nReal or fake?' },
    { from: 'gpt', value: 'Waxy.\n\n### Answer: fake' },
  ],
  binary_label: 1,
  ...fields,
});
const { signal } = new AbortController();
/** A file with all that the import reads of it. */
async function readAnnotationFile(path: string, content: BlobPart) {
  const file = await openAnnotationFile({ path, file: new Blob([content]) }, signal);
  const rows: TextRow[] = [];
  for await (const batch of readRows(file, signal)) rows.push(...batch.map(({ row }) => row));
  return { ...file, rows, problems: file.problems.rows };
}
const reasons = async (text: string, path = 'train.json') =>
  (await readAnnotationFile(path, text)).problems.map(({ code, path: at, reason }) => `${code} ${at}: ${reason}`);

describe('broken JSON', () => {
  const cases: [name: string, text: string, expected: RegExp][] = [
    ['a trailing comma', '[\n  {"id": "a",}\n]', /^Line 2, column 14: expected a quoted key, found "}"/],
    ['a file that ends early', '[{"id": "a"', /^Line 1, column 12: expected "," or the end of the list, the file ends there/],
    ['a missing colon', '{"id" "a"}', /^Line 1, column 7: expected ":"/],
    ['single quotes', "{'id': 1}", /expected a quoted key or "}", found "'"/],
    ['NaN', '{"a": NaN}', /^Line 1, column 7: expected a value, found "N"/],
    ['an unterminated string', '{"a": "b\n}', /^Line 1, column 7: expected the closing quote/],
    ['text after the end', '[] []', /^Line 1, column 4/],
    ['a wrong bracket', '[1, 2}', /^Line 1, column 6: expected "," or the end of the list, found "}"/],
    ['a leading zero', '[01]', /^Line 1, column 2/],
  ];
  it.each(cases)('%s is located by line and column', (_name, text, expected) => {
    const parsed = parseJson(text);
    expect(parsed.ok ? 'parsed' : parsed.reason).toMatch(expected);
  });

  it('is quoted with the text around it', async () => {
    expect((await reasons('[{"id": "first"}, {"id" "second"}]'))[0]).toContain('in "[{"id": "first"}, {"id" "second"}]"');
  });

  it('does not stop the good lines of a JSONL file', async () => {
    const lines = [JSON.stringify(train()), '{"id": broken}', JSON.stringify(train({ id: 'b' }))].join('\n');
    const file = await readAnnotationFile('train.jsonl', lines);
    expect(file.rows.map(({ id }) => id)).toEqual(['ddim/train/fake/1.png', 'b']);
    expect(file.problems).toMatchObject([
      { code: 'json-broken', path: 'train.jsonl#2', reason: expect.stringMatching(/^Line 2, column 8/) },
    ]);
  });

  it('is not what lines with a comma at their end are: they are read and told', async () => {
    const lines = ['a', 'b'].map((id) => `${JSON.stringify(train({ id }))}, \r\n`).join('');
    const file = await readAnnotationFile('train.jsonl', lines);
    expect(file.rows.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(file.problems).toMatchObject([
      { code: 'json-comma', path: 'train.jsonl#1', action: 'kept' },
      { code: 'json-comma', path: 'train.jsonl#2', action: 'kept' },
    ]);
  });

  it('is not what lines are that only a carriage return ends', async () => {
    const file = await readAnnotationFile('train.jsonl', ['a', 'b'].map((id) => JSON.stringify(train({ id }))).join('\r'));
    expect(file.rows.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(file.problems).toEqual([]);
  });
});

describe('annotation files', () => {
  it('reads an array, JSONL, an array inside a key, and a byte order mark', async () => {
    const forms = [
      [JSON.stringify([train()]), 'a.json'],
      [JSON.stringify(train()), 'a.jsonl'],
      [JSON.stringify({ info: 1, data: [train()] }), 'a.json'],
      [`\uFEFF${JSON.stringify([train()])}`, 'a.json'],
    ];
    for (const [text = '', path = ''] of forms) {
      expect(await readAnnotationFile(path, text)).toMatchObject({
        kind: 'train-json',
        rowCount: 1,
        problems: [],
        rows: [{ image: 'ddim/train/fake/1.png', binaryLabel: 1 }],
      });
    }
  });

  it('knows questions, answers and foreign JSON apart', async () => {
    const question = { question_id: 0, image: 'a.png', text: 'Real?', label: 'fake' };
    const answer = { question_id: 0, prompt: 'p', text: 't', answer_id: 'x', model_id: 'm', predict: 'fake' };
    expect(await readAnnotationFile('q.jsonl', `${JSON.stringify(question)}\n${JSON.stringify(question)}\n`)).toMatchObject({
      kind: 'question-jsonl',
      rowCount: 2,
    });
    expect(await readAnnotationFile('a.jsonl', JSON.stringify(answer))).toMatchObject({ kind: 'answers-jsonl', rowCount: 1, rows: [] });
    expect(await readAnnotationFile('artefacts.json', '{"a.png": [1]}')).toMatchObject({ kind: 'unknown', rows: [], problems: [] });
    expect(await reasons('')).toEqual(['json-empty train.json: The file is empty.']);
  });

  it('says field, wanted and found for rows that cannot be used', async () => {
    const rows = [
      train({ conversations: 'text' }),
      train({ image: 5 }),
      train({ conversations: [{ from: 'gpt' }] }),
      'row',
      train({ conversations: undefined }),
    ];
    expect(await reasons(JSON.stringify(rows))).toEqual([
      'row-invalid train.json#0: `conversations`: expected Array, found "text".',
      expect.stringMatching(/^row-invalid train\.json#1: `image`: expected .*string.*, found 5\.$/),
      'row-invalid train.json#2: `conversations.0.value` is missing.',
      'row-invalid train.json#3: The row is "row", not an object.',
      'row-invalid train.json#4: `conversations` is missing.',
    ]);
  });

  it('counts keys that are not used and paths with Windows separators', async () => {
    const rows = [train({ image: 'ddim\\train\\fake\\1.png', weight: 2 }), train({ weight: 3 })];
    expect(await reasons(JSON.stringify(rows))).toEqual([
      'key-unused train.json: The key `weight` in 2 rows is not used.',
      'windows-paths train.json: 1 path with Windows separators; read with forward slashes.',
    ]);
    expect((await readAnnotationFile('t.json', JSON.stringify(rows))).rows[0]?.image).toBe('ddim/train/fake/1.png');
  });

  it('loads plain LLaVA rows: without binary_label, with several turns, without image', async () => {
    const turns = [...train().conversations, { from: 'human', value: 'Why?' }, { from: 'gpt', value: 'Hair.' }];
    const {
      rows: [row],
    } = await readAnnotationFile('llava.json', JSON.stringify([{ id: 7, conversations: turns }]));
    expect(row).toMatchObject({ id: '7', image: undefined, binaryLabel: undefined, answer: 'Waxy.\n\n### Answer: fake' });
    expect(row?.remarks.map(({ code }) => code)).toEqual(['several-turns', 'binary-label-missing']);
  });

  it('flags a binary_label that is neither 0 nor 1', async () => {
    const {
      rows: [row],
    } = await readAnnotationFile('t.json', JSON.stringify([train({ binary_label: '1' })]));
    expect(row?.remarks).toEqual([{ code: 'binary-label-invalid', reason: expect.stringContaining('"1"') }]);
  });

  it('decodes UTF-16 by its byte order mark', async () => {
    const bytes = new Uint8Array([0xff, 0xfe, 0x5b, 0, 0x5d, 0]);
    expect(decodeText(bytes.buffer)).toBe('[]');
  });
});

describe('answer labels', () => {
  it('are exact only where the official builder keeps the row', () => {
    expect(readAnswerLabel('x\n### Answer: Fake \n')).toEqual({ label: 'fake', exact: true });
    expect(readAnswerLabel('### Answer: real\n### Answer: **fake**')).toEqual({ label: 'fake', exact: false });
    expect(readAnswerLabel('### Answer: fake.')).toEqual({ label: 'fake', exact: false });
    expect(readAnswerLabel('### Answer: real or fake')).toEqual({ label: null, exact: false });
    expect(readAnswerLabel('It is fake.')).toBeNull();
  });

  it('are rewritten by the fix', () => {
    expect(withExactAnswer('Waxy.\n\n### Answer: **fake**', 'fake')).toBe('Waxy.\n\n### Answer: fake');
  });
});
