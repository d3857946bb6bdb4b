import { describe, expect, it } from 'vitest';
import type { ParagraphRecord } from '../../../src/shared/domain/answer.ts';
import { mixedModels, readAnswerRows, rowsOfModel } from '../../../src/shared/formats/answer-rows.ts';
import { writeAnswers, writeQuestions } from '../../../src/shared/formats/answers-jsonl.ts';
import { decodeText } from '../../../src/shared/formats/json-text.ts';
import { readQuestions } from '../../../src/shared/formats/questions-jsonl.ts';
import { readAnswers } from '../../../src/shared/formats/read-answers.ts';
import { someAnswer, someEval } from '../../support/records.ts';

const PROMPT = '<image>\nAnalyze this image';
const official = (id: number, fields: object = {}) => ({
  question_id: id,
  prompt: PROMPT,
  text: '**Skin texture**: waxy cheeks.\n\n### Answer: fake',
  answer_id: `a${id}`,
  model_id: 'dx-llava-binary-ddim',
  predict: 'fake',
  label: 'fake',
  preprocessing: 'convnext_openclip',
  ...fields,
});
const lines = (...rows: unknown[]) => rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
const codes = (problems: readonly { code: string; path: string }[]) => problems.map(({ code, path }) => `${code} ${path}`);

describe('reading answers.jsonl', () => {
  it('reads the DX-LLaVA flavour and takes the string None as unparsed', () => {
    const { answers, problems, rowCount } = readAnswers(
      'a.jsonl',
      lines(official(0), official(1, { predict: 'None', text: 'I cannot say.' })),
      null,
    );
    expect(rowCount).toBe(2);
    expect(problems).toEqual([]);
    expect(answers.map(({ predict, label, parseRule }) => [predict, label, parseRule])).toEqual([
      ['fake', 'fake', 'file'],
      [null, 'fake', 'file'],
    ]);
    expect(answers[0]?.modelId).toBe('dx-llava-binary-ddim');
  });

  it('joins the plain LLaVA flavour to its question file and reads the answer from the text', () => {
    const { questions, problems } = readQuestions(
      'q.jsonl',
      lines(
        { question_id: 7, image: 'ddim/test/fake/7.png', text: PROMPT, label: 'fake' },
        { question_id: 8, image: 'ddim/test/real/8.png', text: PROMPT },
      ),
    );
    expect(problems).toEqual([]);
    const plain = (id: number, text: string) => ({ question_id: id, prompt: PROMPT, text, answer_id: 'x', model_id: 'm', metadata: {} });
    const read = readAnswers('a.jsonl', lines(plain(7, 'Waxy.\n\n### Answer: fake'), plain(8, 'Fine.\n\n### Answer: real')), questions);
    expect(read.answers.map(({ image, predict, label, parseRule }) => [image, predict, label, parseRule])).toEqual([
      ['ddim/test/fake/7.png', 'fake', 'fake', 'answer-tag'],
      ['ddim/test/real/8.png', 'real', 'real', 'answer-tag'],
    ]);
    expect(read.problems).toEqual([
      { code: 'predict-missing', path: 'a.jsonl#1', reason: expect.stringContaining('2 rows: line 1, 2.'), action: 'kept' },
    ]);
  });

  it('keeps the good lines of a bad file and names the line of every bad one', () => {
    const { questions } = readQuestions('q.jsonl', lines({ image: 'a/fake/0.png', text: 'x' }, { image: 'a/real/1.png', text: 'x' }));
    const text = lines(
      official(0),
      '{"question_id": 1, "text": "cut',
      '',
      official(0),
      official(9),
      [1],
      official(1, { text: 5 }),
      official(1, { label: 'real' }),
    );
    const { answers, problems, rowCount } = readAnswers('a.jsonl', text, questions);
    expect(rowCount).toBe(7);
    expect(answers.map(({ questionId }) => questionId)).toEqual(['0', '1']);
    expect(codes(problems)).toEqual([
      'json-broken a.jsonl#2',
      'duplicate-id a.jsonl#4',
      'unknown-id a.jsonl#5',
      'row-invalid a.jsonl#6',
      'row-invalid a.jsonl#7',
    ]);
    expect(problems[0]?.reason).toContain('Line 2');
  });

  it('flags a prediction that contradicts the text and a label that contradicts the folder, and believes the file', () => {
    const row = official(3, { image: 'sd\\test\\real\\3.png', predict: 'real' });
    const { answers, problems } = readAnswers('a.jsonl', lines(row), null);
    expect(answers[0]).toMatchObject({ predict: 'real', label: 'fake' });
    expect(codes(problems)).toEqual(['predict-differs a.jsonl#1', 'label-contradicts-folder a.jsonl#1']);
  });

  it('takes the label from the path where the row has none, and says where there is none at all', () => {
    const { label: _, ...bare } = official(0);
    const { answers, problems } = readAnswers(
      'a.jsonl',
      lines({ ...bare, image: 'sd/test/real/1.png' }, { ...bare, question_id: 1 }),
      null,
    );
    expect(answers.map(({ label }) => label)).toEqual(['real', null]);
    expect(codes(problems)).toEqual(['label-missing a.jsonl#2']);
  });

  it('reads lines that end in a comma, as of a list that was taken apart, and counts them', () => {
    const { answers, problems, rowCount } = readAnswers(
      'a.jsonl',
      [0, 1, 2].map((id) => `${JSON.stringify(official(id))},`).join('\n'),
      null,
    );
    expect([answers.length, rowCount]).toEqual([3, 3]);
    expect(problems).toEqual([
      { code: 'json-comma', path: 'a.jsonl#1', reason: expect.stringContaining('3 rows: line 1, 2, 3.'), action: 'kept' },
    ]);
    expect(codes(readAnswers('a.jsonl', '{"text": "cut,', null).problems)).toEqual(['json-broken a.jsonl#1']);
  });

  it.each(['\n', '\r\n', '\r'])('counts lines by the line ends %j', (end) => {
    const text = [JSON.stringify(official(0)), '{"broken', JSON.stringify(official(2))].join(end);
    const { answers, problems } = readAnswers('a.jsonl', text, null);
    expect(answers.map(({ questionId }) => questionId)).toEqual(['0', '2']);
    expect(codes(problems)).toEqual(['json-broken a.jsonl#2']);
  });

  it('reads a score that is a text, and counts those that are no probability with their lines', () => {
    const scored = (id: number, head: unknown) => official(id, { workbench: { p_fake_head: head } });
    const text = `${lines(scored(0, '0.91'), scored(1, 1.7), scored(2, 'high'), scored(3, null), scored(4, ''))}\n{"question_id": 5, "text": "x", "workbench": {"p_fake_head": NaN}}`;
    const { answers, problems } = readAnswers('a.jsonl', text, null);
    expect(answers.map(({ pFakeHead }) => pFakeHead)).toEqual([0.91, null, null, null, null, null]);
    const told = problems.filter(({ code }) => code.startsWith('p_fake_head'));
    expect(told.map(({ code, path, action }) => [code, path, action])).toEqual([
      ['p_fake_head-text', 'a.jsonl#1', 'kept'],
      ['p_fake_head-invalid', 'a.jsonl#2', 'kept'],
    ]);
    expect(told[1]?.reason).toContain('3 rows: line 2, 3, 5.');
  });

  it.each([
    ['UTF-8 with a byte order mark', (text: string) => new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode(text)])],
    [
      'UTF-16 little endian',
      (text: string) => new Uint8Array([0xff, 0xfe, ...[...text].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8])]),
    ],
    [
      'UTF-16 big endian',
      (text: string) => new Uint8Array([0xfe, 0xff, ...[...text].flatMap((c) => [c.charCodeAt(0) >> 8, c.charCodeAt(0) & 255])]),
    ],
    ['Latin-1', (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))],
  ])('reads %s', (_name, encode) => {
    const text = lines(official(0, { text: 'The façade is clean.\r\n\r\n### Answer: real', predict: 'real' }));
    const { answers, problems } = readAnswers('a.jsonl', decodeText(encode(text).buffer), null);
    expect(problems).toEqual([]);
    expect(answers[0]?.text).toContain('façade');
  });
});

describe('writing answers.jsonl', () => {
  const record = someEval({ id: 'e1', modelId: 'nano' });
  const paragraph: ParagraphRecord = {
    index: 0,
    text: 'Waxy.',
    start: 0,
    end: 5,
    keyword: 'waxy',
    cosine: null,
    vcr: 0.5,
    pcr: 1,
    reward: 1,
    vote: 'fake',
    confidence: 1,
    realScore: 0,
    fakeScore: 1,
    hits: [],
    isFinal: false,
    matchesFinalAnswer: true,
    hasImage: false,
    advantage: null,
  };
  const answers = [
    someAnswer({
      evalId: 'e1',
      sampleId: 'd/x',
      path: 'aster/test/fake/1.png',
      index: 4,
      text: ' Waxy.\n\n### Answer: fake\n',
      predict: 'fake',
      pFakeHead: 0.75,
      paragraphs: [paragraph],
    }),
    someAnswer({ evalId: 'e1', sampleId: 'd/y', path: 'y.png', index: 5, text: 'No idea.', label: null }),
    someAnswer({ evalId: 'e1', sampleId: 'd/z', path: 'z.png', index: 6, failure: { code: 'E-IMAGE', message: 'broken' } }),
  ];

  it('writes the official keys with trimmed text, the string None and our figures apart', () => {
    const [first, second, ...rest] = writeAnswers(record, answers).split('\n');
    expect(rest).toEqual(['']);
    const row: unknown = JSON.parse(first ?? '');
    expect(Object.keys(row ?? {})).toEqual([
      'question_id',
      'prompt',
      'text',
      'answer_id',
      'model_id',
      'predict',
      'label',
      'preprocessing',
      'workbench',
    ]);
    expect(row).toMatchObject({ question_id: 4, text: 'Waxy.\n\n### Answer: fake', predict: 'fake', preprocessing: 'browser_cpu' });
    expect(row).toMatchObject({ workbench: { p_fake_head: 0.75, paragraphs: [{ keyword: 'waxy', vcr: null, pcr: 1, is_final: false }] } });
    const unparsed: unknown = JSON.parse(second ?? '');
    expect(unparsed).toMatchObject({ predict: 'None' });
    expect(unparsed).not.toHaveProperty('label');
  });

  it('joins a row without an id to the question of its line, whatever broken lines stand before it', () => {
    const asked = readQuestions('q.jsonl', [0, 1, 2].map((i) => JSON.stringify({ image: `sd/test/${i < 2 ? 'real' : 'fake'}/${i}.png`, text: '?' })).join('\n')); // prettier-ignore
    const { answers } = readAnswers('a.jsonl', '{"broken\n\nno json\n{"text": "### Answer: fake"}', asked.questions);
    expect(answers).toMatchObject([{ questionId: '2', image: 'sd/test/fake/2.png', label: 'fake' }]);
  });

  it('claims no preprocessing and no seed for answers that were made elsewhere', () => {
    const imported = { fileName: 'a.jsonl', questionFile: null, rows: 1, problems: [] };
    const row: unknown = JSON.parse(writeAnswers(someEval({ id: 'e', imported }), [someAnswer({ evalId: 'e', sampleId: 's', index: 0 })]));
    expect(row).not.toHaveProperty('preprocessing');
    expect(row).not.toHaveProperty('workbench.seed');
  });

  it('is read back with images, scores and question file intact', () => {
    const { questions } = readQuestions('q.jsonl', writeQuestions(record, answers));
    expect([...questions.keys()]).toEqual(['4', '5', '6']);
    const { answers: read } = readAnswers('a.jsonl', writeAnswers(record, answers), questions);
    expect(read.map(({ image, pFakeHead, predict }) => [image, pFakeHead, predict])).toEqual([
      ['aster/test/fake/1.png', 0.75, 'fake'],
      ['y.png', null, null],
    ]);
  });
});

describe('answers files of other tools', () => {
  const row = (id: number, fields: object = {}) => ({ question_id: id, text: '### Answer: fake', ...fields });
  const read = (rows: unknown) => readAnswers('a.json', JSON.stringify(rows, null, 1), null);

  it('refuses ids with more digits than a number keeps, for two of them would be one', () => {
    const ids = ['12345678901234567891', '12345678901234567892', '"12345678901234567893"'];
    const { answers, problems } = readAnswers('a.jsonl', ids.map((id) => `{"question_id": ${id}, "text": "x"}`).join('\n'), null);
    expect(answers.map(({ questionId }) => questionId)).toEqual(['12345678901234567893']);
    expect(problems.filter(({ code }) => code === 'row-invalid').map(({ path }) => path)).toEqual(['a.jsonl#1', 'a.jsonl#2']);
    expect(problems[0]?.reason).toContain('in quotes');
    const asked = readQuestions('q.jsonl', ids.map((id) => `{"question_id": ${id}, "image": "x.png"}`).join('\n'));
    expect([...asked.questions.keys()]).toEqual(['12345678901234567893']);
    expect(codes(asked.problems)).toEqual(['question-invalid q.jsonl#1', 'question-invalid q.jsonl#2']);
  });

  it('reads a list in one document, also inside a key, and counts its rows', () => {
    for (const document of [[row(0), row(1)], { results: [row(0), row(1)] }]) {
      const { answers, rowCount, problems } = read(document);
      expect([answers.length, rowCount]).toEqual([2, 2]);
      expect(problems.find(({ code }) => code === 'predict-missing')?.reason).toContain('2 rows: number 1, 2.');
    }
  });

  it('says where a document breaks, once', () => {
    const { answers, problems } = readAnswers('a.json', '[{"question_id": 0, "text": "x"},', null);
    expect(answers).toEqual([]);
    expect(codes(problems)).toEqual(['json-broken a.json#1']);
  });

  it('takes an object of several lines that is one broken line for lines', () => {
    const { answers, problems } = readAnswers('a.jsonl', `{"question_id": 9, "te\n${JSON.stringify(row(1))}`, null);
    expect(answers).toHaveLength(1);
    expect(codes(problems)).toContain('json-broken a.jsonl#1');
  });

  it('reads an official result file: response, prediction, ground truth, and the domain from its data source', () => {
    const result = {
      index: 3,
      response: 'Waxy.\n\n### Answer: fake',
      ground_truth: 'real',
      prediction: 'fake',
      score: 1,
      data_source: 'llava-ddim',
    };
    const { answers, problems } = read([result]);
    expect(answers[0]).toMatchObject({ questionId: '3', label: 'real', predict: 'fake', parseRule: 'file', domain: 'ddim', image: null });
    expect(codes(problems)).toEqual(['text-elsewhere a.json#1']); // its score is its reward, and nothing is said of it
  });

  it('reads 1 as fake and 0 as real, as binary_label has them, and says so', () => {
    const { answers, problems } = read([row(0, { label: 1 }), row(1, { binary_label: 0 }), row(2, { label: 2, predict: 0 })]);
    expect(answers.map(({ label, predict }) => [label, predict])).toEqual([
      ['fake', 'fake'],
      ['real', 'fake'],
      [null, 'real'],
    ]);
    expect(problems.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['label-number', 'binary_label-number', 'label-invalid', 'predict-number']),
    );
  });

  it('reads a P(fake) of another name in the place of the head, and says so', () => {
    const { answers, problems } = read([row(0, { prob_fake: 0.9 }), row(1, { p_fake: '0.25' }), row(2, { p_fake: 61 })]);
    expect(answers.map(({ pFakeHead }) => pFakeHead)).toEqual([0.9, 0.25, null]);
    expect(codes(problems)).toEqual(expect.arrayContaining(['score-named a.json#1', 'p_fake-text a.json#2', 'p_fake-invalid a.json#3']));
  });

  it('does not guess of which class a bare score is the probability', () => {
    const { answers, problems } = read([row(0, { score: 0.9 })]);
    expect(answers[0]?.pFakeHead).toBeNull();
    expect(problems.find(({ code }) => code === 'score-unread')?.reason).toContain('Name it `p_fake` if it is');
  });

  it('prefers its own figures to scores of other names', () => {
    const { answers, problems } = read([row(0, { p_fake: 0.1, workbench: { p_fake_head: 0.8 } }), row(1, { p_fake_token: 0.3, score: 2 })]);
    expect(answers.map(({ pFakeHead, pFakeToken }) => [pFakeHead, pFakeToken])).toEqual([
      [0.8, null],
      [null, 0.3],
    ]);
    expect(problems.map(({ code }) => code)).toEqual(['predict-missing', 'label-missing']);
  });

  it('tells nothing but the unknown id of a row that the question file does not have', () => {
    const { problems } = readAnswers('a.jsonl', lines(row(0), row(7)), new Map([['0', { image: 'a/fake/0.png', text: '', label: null }]]));
    expect(codes(problems)).toEqual(['unknown-id a.jsonl#2', 'predict-missing a.jsonl#1']);
    expect(problems[1]?.reason).toContain('1 row');
  });

  it('tells models that answered the same questions from shards of one model', () => {
    const rowsOf = (...rows: object[]) => readAnswerRows('a.jsonl', lines(...rows));
    expect(mixedModels(rowsOf(row(0, { model_id: 'a' }), row(1, { model_id: 'b' })))).toBeNull();
    const file = rowsOf(row(0, { model_id: 'a' }), row(0, { model_id: 'b' }), row(1, { model_id: 'b' }), row(2));
    expect(mixedModels(file)).toEqual({ names: ['a', 'b'] });
    expect(rowsOfModel(file, 'b').rows.map(({ place }) => place)).toEqual(['a.jsonl#2', 'a.jsonl#3', 'a.jsonl#4']);
  });
});
