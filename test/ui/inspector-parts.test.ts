import { describe, expect, it } from 'vitest';
import { matchesQuery } from '../../src/app/palette-query.ts';
import { reportOf } from '../../src/app/palette-actions.ts';
import { patchGrid, readEdit, snapToPatches, withKind, writeEdit } from '../../src/features/inspector/tabs/edit-text.ts';
import { readView } from '../../src/features/inspector/tabs/ForensicTab.tsx';
import {
  askedHistory,
  countStated,
  historySeries,
  indexOfStep,
  meanReward,
  sampledHistory,
} from '../../src/features/inspector/tabs/history.ts';
import { unknownValues } from '../../src/components/link-values.ts';
import { historyLinkRules, inspectLinkRules, type InspectKnowledge } from '../../src/features/inspector/inspect-link.ts';
import { changedParagraphs, describeStored, newestReading } from '../../src/features/inspector/reading.ts';
import {
  describeEstimate,
  describeRates,
  errorRates,
  fileRows,
  LIMITS,
  ratesEvaluation,
  settingRows,
  writtenText,
} from '../../src/features/inspector/report/case-report.ts';
import { regionAfterKey } from '../../src/features/inspector/image/RegionPicker.tsx';
import { seenShare } from '../../src/features/inspector/image/picture-frame.ts';
import { zoomed } from '../../src/features/inspector/image/image-view.ts';
import { hexColour, pixelAt } from '../../src/features/inspector/image/pixel-at.ts';
import { missingSample } from '../../src/features/inspector/use-sample.ts';
import { describeScore, drawQuiz, keepRound, scoreQuiz } from '../../src/features/learn/quiz.ts';
import { DEFAULT_EVAL } from '../../src/shared/config/presets.ts';
import type { EvalRecord } from '../../src/shared/domain/run.ts';
import type { Split } from '../../src/shared/domain/sample.ts';
import { scoreCompletion } from '../../src/shared/rewards/paragraph-reward.ts';
import { getKeptAnswer, keepAnswer, keptId } from '../../src/shared/storage/kept-answers.ts';
import { listEvals } from '../../src/shared/storage/evals.ts';
import { listCompletionsOfSample, putRun } from '../../src/shared/storage/runs.ts';
import { createPrivateCaseStore, PRIVATE_CASE_ID } from '../../src/state/private-case.ts';
import { appendStep } from '../support/append-step.ts';
import { openTestDatabase } from '../support/database.ts';
import { someAnswer, someCompletion, someDataset, someEval, someRun, someSample, someStep } from '../support/records.ts';

const SIZE = { width: 100, height: 80 };

describe('a change in an address', () => {
  it('is read as it was written, whatever its kind', () => {
    const region = { left: 5, top: 6, width: 20, height: 10 };
    for (const kind of ['mask', 'jpeg', 'crop'] as const) {
      const edit = withKind({ kind: 'crop', region }, kind);
      expect(readEdit(writeEdit(edit), SIZE)).toEqual(edit);
    }
  });

  it('that makes no sense becomes the first one, and a region is cut at the border', () => {
    expect(readEdit('mask:grey:a,b,c,d', SIZE)).toEqual(readEdit(null, SIZE));
    expect(readEdit('jpeg:900:90,70,50,50', SIZE)).toEqual({
      kind: 'jpeg',
      quality: 100,
      region: { left: 90, top: 70, width: 10, height: 10 },
    });
  });

  it('snaps to whole patches of the middle square', () => {
    const grid = patchGrid(SIZE, 4);
    expect(grid).toMatchObject({ left: 10, top: 0, side: 20 });
    expect(snapToPatches({ left: 35, top: 5, width: 10, height: 10 }, grid)).toEqual({ left: 30, top: 0, width: 20, height: 20 });
    expect(snapToPatches({ left: 35, top: 15, width: 20, height: 10 }, grid)).toEqual({ left: 30, top: 0, width: 40, height: 40 });
    expect(snapToPatches({ left: 0, top: 0, width: 1, height: 1 }, grid)).toEqual({ left: 10, top: 0, width: 20, height: 20 });
  });

  it('tells how much of its region the model sees of a picture that is no square', () => {
    const wide = { width: 300, height: 100 }; // the model sees 100..200
    expect(seenShare({ left: 0, top: 0, width: 100, height: 100 }, wide)).toBe(0);
    expect(seenShare({ left: 50, top: 10, width: 100, height: 20 }, wide)).toBe(0.5);
    expect(seenShare({ left: 110, top: 0, width: 10, height: 100 }, wide)).toBe(1);
  });

  it('moves and grows with arrow keys and stays inside', () => {
    const region = { left: 0, top: 10, width: 20, height: 20 };
    const press = (key: string, shiftKey = false) => regionAfterKey(region, { key, shiftKey }, 4, SIZE);
    expect(press('ArrowRight')).toMatchObject({ left: 4, width: 20 });
    expect(press('ArrowLeft')).toMatchObject({ left: 0, width: 20 });
    expect(press('ArrowDown', true)).toMatchObject({ top: 10, height: 24 });
    expect(press('Enter')).toBeNull();
  });
});

describe('a link into the inspector', () => {
  const known = { models: ['m'], isGpu: false, answers: ['e', 'asked'], tabs: ['reasoning', 'group'], views: ['noise'], paragraphs: 4 };
  const missing = (query: string, more: Partial<InspectKnowledge> = {}) => {
    const params = new URLSearchParams(query);
    return unknownValues(
      params,
      inspectLinkRules({ ...known, ...more }, (name) => params.get(name)),
    ).map(({ parameter }) => parameter);
  };

  it('names what is not here, one by one', () => {
    expect(missing('tab=what&view=xray&compare=gone&from=e2&edit=mask:pink:1,2,3,4&gain=x')).toEqual([
      'tab',
      'from',
      'compare',
      'view',
      'gain',
      'edit',
    ]);
    expect(missing('tab=group&view=noise&compare=m&from=asked&edit=jpeg:30:0,0,8,8&quality=80&paragraph=4&shade=entropy')).toEqual([]);
    expect(missing('paragraph=5&shade=mood')).toEqual(['paragraph', 'shade']);
    expect(missing('paragraph=0')).toEqual(['paragraph']);
  });

  it('calls nothing missing that is still being read', () => {
    const unread = { models: null, answers: null, isGpu: null, paragraphs: null };
    expect(missing('compare=gone&from=e2&precision=q8&paragraph=9', unread)).toEqual([]);
  });

  it('says that the CPU engine has no other precision', () => {
    expect(missing('precision=q8')).toEqual(['precision']);
    expect(missing('precision=q8', { isGpu: true })).toEqual([]);
    expect(missing('precision=q3', { isGpu: true })).toEqual(['precision']);
    expect(missing('precision=f32')).toEqual([]);
  });

  it('into a history names a step and an answer that are not there', () => {
    const [entry] = sampledHistory([{ ...someCompletion('r', 2, 0), predict: 'real' }]);
    if (!entry) throw new Error('no entry');
    const of = (query: string) => unknownValues(new URLSearchParams(query), historyLinkRules([entry], entry)).map(({ value }) => value);
    expect(of('step=2&answer=0&source=sampled')).toEqual([]);
    expect(of('step=3&answer=1&source=dreamt')).toEqual(['dreamt', '3', '1']);
  });
});

describe('the view of a picture', () => {
  it('keeps its middle while zooming and comes back whole', () => {
    const view = { zoom: 2, x: 0.3, y: 0, isMirrored: true };
    expect(zoomed(view, 4, SIZE)).toEqual({ zoom: 4, x: 0.6, y: 0, isMirrored: true });
    expect(zoomed(view, 0.5, SIZE)).toEqual({ zoom: 1, x: 0, y: 0, isMirrored: true });
    expect(zoomed(view, 1e9, SIZE).zoom).toBe(64);
  });

  it('of forensics is read from the address within its limits', () => {
    const address = (values: Record<string, string>) => ({ read: (name: string) => values[name] ?? null });
    expect(readView(address({})).view).toEqual({ kind: 'error-level', quality: 90, gain: null });
    expect(readView(address({ view: 'noise', gain: '900' })).view).toEqual({ kind: 'noise', gain: 200 });
    expect(readView(address({ view: 'metadata' })).view).toBeNull();
    expect(readView(address({ view: 'nothing' })).name).toBe('error-level');
  });
});

describe('the history of an image', () => {
  const completions = [
    { ...someCompletion('r', 2, 1), predict: 'real' as const, reward: 0.4 },
    { ...someCompletion('r', 1, 0), predict: 'fake' as const, reward: 0.2 },
    { ...someCompletion('r', 2, 0), predict: 'fake' as const, reward: 0.8 },
    { ...someCompletion('r', 2, 2), reward: 0 },
  ];

  it('groups sampled answers by step, in order', () => {
    const entries = sampledHistory(completions);
    expect(entries.map(({ step, answers }) => [step, answers.length])).toEqual([
      [1, 1],
      [2, 3],
    ]);
    const last = entries[1];
    expect(last && countStated(last)).toEqual({ fake: 1, real: 1, unparsed: 1 });
    expect(last && meanReward(last)).toBeCloseTo(0.4, 12);
    expect(historySeries(entries, 'sampled').map(({ points }) => points.map(({ y }) => y))).toEqual([
      [1, 1 / 3],
      [0.2, expect.closeTo(0.4, 12)],
    ]);
  });

  it('draws probabilities only where there are some', () => {
    const answer = someAnswer({ evalId: 'e', sampleId: 's', pFakeHead: 0.7, reward: 0.5 });
    const series = historySeries(askedHistory([{ step: 5, name: 'step 5', answer }]), 'asked');
    expect(series.map(({ id, points }) => [id, points.length])).toEqual([
      ['p-head', 1],
      ['p-token', 0],
      ['reward', 1],
    ]);
  });

  it('finds the step of an address, or the nearest before it', () => {
    const entries = sampledHistory(completions);
    expect([indexOfStep(entries, null), indexOfStep(entries, 1), indexOfStep(entries, 9), indexOfStep(entries, 0)]).toEqual([1, 0, 1, 0]);
  });

  it('is read from storage for this image alone; kept answers stay out of the list of evaluations', async () => {
    const db = await openTestDatabase();
    await putRun(db, someRun({ id: 'r' }));
    const own = [someCompletion('r', 1, 0), { ...someCompletion('r', 1, 1), sampleId: 'd/b.png' }, someCompletion('r', 1, 2)];
    await appendStep(db, someRun({ id: 'r', step: 1 }), someStep('r', 1), own);
    expect((await listCompletionsOfSample(db, 'r', 'd/a.png')).map(({ index }) => index)).toEqual([0, 2]);
    const id = await keptId('m', 'weights', DEFAULT_EVAL);
    expect(await keptId('m', 'others', DEFAULT_EVAL)).not.toBe(id);
    expect(await keptId('m', 'weights', { ...DEFAULT_EVAL, prompt: 'other' })).not.toBe(id);
    await keepAnswer(db, someAnswer({ evalId: id, sampleId: 'd/a.png', text: 'kept' }));
    expect((await getKeptAnswer(db, id, 'd/a.png'))?.text).toBe('kept');
    expect(await getKeptAnswer(db, id, 'd/b.png')).toBeUndefined();
    expect(await listEvals(db)).toEqual([]);
  });
});

describe('changed paragraphs', () => {
  const scored = (text: string) => ({
    completion: scoreCompletion(text, { reward: DEFAULT_EVAL.reward, parser: 'eval', hasImage: false, cosineOf: () => null }),
  });

  it('are those with other words, and those that came or went', () => {
    const before = scored('**Skin**: The skin is overly smooth here.\n\n**Hair**: The hair looks quite natural.\n\n### Answer: real');
    const after = scored('**Skin**: The skin is overly smooth here.\n\n**Hair**: The hair looks rather painted.\n\n### Answer: real');
    expect(changedParagraphs(before, before)).toEqual([]);
    expect(changedParagraphs(before, after)).toEqual([1]);
    expect(changedParagraphs(before, scored('### Answer: real'))).toEqual([0, 1, 2]);
  });
});

describe('a case report', () => {
  const evaluation = {
    id: 'e',
    name: 'test run',
    datasetName: 'mini',
    datasetHash: 'abcdef0123456',
    synthetic: true,
    config: DEFAULT_EVAL,
  };
  const answers = [
    ...Array.from({ length: 20 }, (_, i) => someAnswer({ evalId: 'e', sampleId: `r${i}`, label: 'real', pFakeHead: i < 1 ? 0.9 : 0.1 })),
    ...Array.from({ length: 10 }, (_, i) => someAnswer({ evalId: 'e', sampleId: `f${i}`, label: 'fake', pFakeHead: i < 8 ? 0.9 : 0.1 })),
    someAnswer({ evalId: 'e', sampleId: 'u', label: null, pFakeHead: 0.9 }),
  ];

  it('counts errors on labelled images at the threshold', () => {
    expect(errorRates(evaluation, answers)?.counts).toEqual({ tp: 8, fp: 1, tn: 19, fn: 2 });
    const rates = errorRates(evaluation, answers);
    const text = describeRates(rates).join(' ');
    expect(text).toContain('5 % (95 % CI 1–24; 1 of 20) of real images were called fake');
    expect(text).toContain('20 % (95 % CI 6–51; 2 of 10) of fake images were called real');
    expect(text).toContain('sha abcdef01');
  });

  it('prefers a threshold that was frozen on validation images', () => {
    const counts = { tp: 1, fp: 2, tn: 3, fn: 4 };
    const from = { evalId: 'v', name: 'v', datasetName: 'v', datasetHash: '', counts };
    const threshold = { source: 'token', value: 0.7, rule: 'max-f1', from, measured: counts, temperature: null, frozenAt: 1 } as const;
    const rates = errorRates({ ...evaluation, threshold }, answers);
    expect(rates).toMatchObject({ source: 'token', threshold: 0.7, isFrozen: true, counts });
    expect(describeEstimate(0.9, 0.6, 'fake', rates)).toBe(
      'Model estimate 0.60 fake (answer token), below threshold 0.70; the written answer states “fake”.',
    );
  });

  it('says when no error rates are known, and never calls an image fake or real', () => {
    const sentences = [
      ...describeRates(null),
      ...LIMITS,
      describeEstimate(0.83, null, 'fake', null),
      describeEstimate(null, null, null, null),
    ];
    expect(sentences.join(' ')).not.toMatch(/\bis (a )?(fake|real)\b/);
    expect(sentences.join(' ')).toContain('not known here');
    expect(sentences.join(' ')).toContain('Model estimate 0.83 fake (binary head), at or above threshold 0.50');
  });

  it('takes the rates from clean test pictures, from a frozen threshold first, and says which split they are of', () => {
    const evalOn = (id: string, splits: Split[], fields: Partial<EvalRecord> = {}) =>
      someEval({ id, modelId: 'm', state: 'done', config: { ...DEFAULT_EVAL, filter: { ...DEFAULT_EVAL.filter, splits } }, ...fields });
    const test = evalOn('test', ['test']);
    const val = evalOn('val', ['val']);
    const blurred = evalOn('blurred', ['test'], { config: { ...test.config, perturbation: { kind: 'blur', level: 2 } }, sweepOf: 'test' });
    const orphan = { ...blurred, sweepOf: undefined };
    expect(ratesEvaluation([blurred, orphan, val, test], 'm')?.id).toBe('test');
    const counts = { tp: 1, fp: 2, tn: 3, fn: 4 };
    const from = { evalId: 'v', name: 'v', datasetName: 'v', datasetHash: '', counts };
    const threshold = { source: 'head', value: 0.7, rule: 'max-f1', from, measured: counts, temperature: null, frozenAt: 1 } as const;
    const frozen = evalOn('frozen', ['test'], { threshold });
    expect(ratesEvaluation([test, frozen], 'm')?.id).toBe('frozen');
    expect(ratesEvaluation([test], 'other')).toBeUndefined();
    expect(describeRates(errorRates(frozen, answers)).join(' ')).toContain('On the test split of “');
  });

  it('never takes the answer to a changed picture for one to the picture, and keeps how each was asked', () => {
    const answer = { ...someAnswer({ evalId: 'e', sampleId: 's', index: 0, predict: 'fake' }), text: 'clean' };
    const config = { ...DEFAULT_EVAL, parser: 'strict' as const, decoding: { ...DEFAULT_EVAL.decoding, temperature: 0.7 } };
    const engine = { backend: 'webgpu', adapter: 'some GPU', threads: 1 } as const;
    const clean = { answer, evaluation: someEval({ id: 'clean', modelId: 'm', config, engine }) };
    const blurred = {
      answer: { ...answer, text: 'blurred' },
      evaluation: someEval({ id: 'row', modelId: 'm', sweepOf: 'clean', config: { ...config, perturbation: { kind: 'blur', level: 2 } } }),
    };
    const reading = newestReading([blurred, clean], 'm');
    expect(reading).toMatchObject({ text: 'clean', engine });
    expect(newestReading([blurred], 'm')).toBeNull();
    expect(newestReading([{ ...clean, isEarlier: true }], 'm')).toBeNull();
    expect(describeStored({ ...clean, isEarlier: true })).toMatch(/, before a re-scan changed the image$/);
    if (!reading) throw new Error('no reading');
    expect(reading).toMatchObject({ askedAt: clean.evaluation.createdAt, isBegun: true });
    const timed = newestReading([{ ...clean, answer: { ...answer, answeredAt: 77 } }], 'm');
    expect([timed?.askedAt, timed?.isBegun]).toEqual([77, undefined]);
    const [made, askedAt] = [{ engine: '', appVersion: '' }, Date.UTC(2026, 10, 23, 12, 30)];
    const rows = settingRows({ id: 'm', name: 'M', step: 0 }, { ...reading, askedAt, isBegun: false, evalId: null }, made);
    expect(Object.fromEntries(rows)['Answer written']).toBe('2026-11-23 12:30 UTC');
    const ofFile = settingRows({ id: 'imported', name: 'hand', step: 0 }, { ...reading, fileName: 'a.jsonl' }, made);
    expect(Object.fromEntries(ofFile)['Answer']).toContain('a.jsonl');
    expect(JSON.stringify(ofFile)).not.toMatch(/greedy|temperature|VCR/);
    expect(writtenText({ askedAt: null })).toBe('not recorded');
    expect(writtenText({ askedAt })).toBe('2026-11-23 12:30 UTC');
    expect(writtenText({ askedAt, isBegun: true })).toBe('by an evaluation begun on 2026-11-23 12:30 UTC');
    expect(Object.fromEntries(rows)['Template, decoding, parser']).toMatch(/temperature 0\.7.*strict$/);
    expect(Object.fromEntries(rows)['VCR encoder']).toContain('not comparable');
  });

  it('names the file of a private case without the hash before its name', () => {
    const sample = someSample({ datasetId: PRIVATE_CASE_ID, path: '0123abcd/face.png' });
    const rows = fileRows(sample, null, { isPrivate: true, hasAlpha: true });
    expect(rows).toContainEqual(['File', 'face.png']);
    expect(rows.at(-1)?.[1]).toContain('stored nowhere');
    expect(Object.fromEntries(rows)['Transparency']).toContain('alpha channel');
  });
});

describe('the private case', () => {
  const png = Uint8Array.from(
    atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
    (character) => character.charCodeAt(0),
  );

  it('takes images once, refuses other files with a reason, edits and forgets', async () => {
    const store = createPrivateCaseStore();
    const { add, edit, clear, imageOf } = store.getState();
    await add([new File([png], 'a.png'), new File([png], 'a.png'), new File(['no picture'], 'b.txt')]);
    const [sample] = store.getState().samples;
    expect(store.getState().samples).toHaveLength(1);
    expect(store.getState().refused[0]?.name).toBe('b.txt');
    expect(sample).toMatchObject({ datasetId: PRIVATE_CASE_ID, width: 1, height: 1, label: null });
    const id = sample?.id ?? '';
    const undo = edit([{ id, rating: 4, note: 'look' }]);
    expect(store.getState().samples[0]).toMatchObject({ rating: 4, note: 'look' });
    edit(undo);
    expect(store.getState().samples[0]).not.toHaveProperty('rating');
    expect(imageOf(id)?.size).toBe(png.length);
    clear();
    expect(imageOf(id)).toBeUndefined();
  });

  it('that is forgotten while pictures are read takes none of them', async () => {
    const store = createPrivateCaseStore();
    const adding = store.getState().add([new File([png], 'a.png'), new File([png], 'b.png')]);
    store.getState().clear();
    await adding;
    expect(store.getState().samples).toEqual([]);
  });
});

describe('a link to something that is not here', () => {
  const datasets = [someDataset({ id: 'd', name: 'mini' })];

  it('tells a missing dataset, with the name the link gives, from a missing image and a case that is gone', () => {
    expect(missingSample('x/a/b.png', datasets)).toBeNull(); // the dataset is missing itself
    expect(missingSample('d/a/b.png', datasets)?.message).toBe('The dataset "mini" is here, but it holds no image "a/b.png".');
    expect(missingSample(`${PRIVATE_CASE_ID}/a.png`, datasets)?.message).toContain('private case');
  });
});

describe('the blind quiz', () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({
    id: `i${i}`,
    label: i % 3 === 0 ? null : ('fake' as const),
    split: i < 20 ? 'test' : 'train',
  }));

  it('draws labelled test images, the same for the same seed', () => {
    const round = drawQuiz(rows, 10, 1);
    expect(round).toEqual(drawQuiz(rows, 10, 1));
    expect(round).not.toEqual(drawQuiz(rows, 10, 2));
    expect(round.every((id) => Number(id.slice(1)) < 20 && Number(id.slice(1)) % 3 !== 0)).toBe(true);
    expect(drawQuiz(rows, 20, 1)).toHaveLength(20);
  });

  it('keeps its images while more are stored, and gives up a round of which one is gone', () => {
    const [few, more] = [drawQuiz(rows.slice(0, 16), 10, 1), drawQuiz(rows, 10, 1)];
    expect(few).not.toEqual(more);
    expect(keepRound(few, more, rows, 10)).toBe(few);
    expect(keepRound(few, more, rows.filter(({ id }) => id !== few[3]), 10)).toBe(more); // prettier-ignore
    expect(keepRound(few.slice(0, 9), more, rows, 10)).toBe(more);
  });

  it('counts both sides with an interval; an unparsed answer is not right', () => {
    const result = { id: 'a', label: 'fake', guess: 'fake', model: null } as const;
    const { human, model, agreed } = scoreQuiz([result, { ...result, guess: 'real', model: 'fake' }, { ...result, model: 'fake' }]);
    expect([human.right, model.right, agreed]).toEqual([2, 2, 1]);
    expect(describeScore({ ...human, right: 7, count: 10, interval: { low: 0.397, high: 0.892 } })).toBe(
      '7 of 10 (70 %, 95 % interval 40 to 89 %)',
    );
  });
});

describe('the palette', () => {
  it('finds a name however its accents are written', () => {
    expect(matchesQuery('Dataset Gesichter-gro\u0308\u00dfe', 'gr\u00f6\u00dfe')).toBe(true);
    expect(matchesQuery('Dataset gr\u00f6\u00dfe', 'GRO\u0308')).toBe(true);
  });

  it('finds words in any order and knows the report of an image', () => {
    expect(matchesQuery('Action New training run', 'run new')).toBe(true);
    expect(reportOf('/inspect/d/a%2Fb.png')).toBe('/report/d/a%2Fb.png');
    expect(reportOf('/inspect')).toBeNull();
  });
});

describe('the pixel under a point', () => {
  const shown = { box: { left: 100, top: 50, width: 80, height: 80 }, width: 8, height: 8, isMirrored: false };

  it('is counted from the upper left corner, at any zoom', () => {
    expect(pixelAt({ x: 100, y: 50 }, shown)).toEqual({ x: 0, y: 0 });
    expect(pixelAt({ x: 179.9, y: 75 }, shown)).toEqual({ x: 7, y: 2 });
    const zoomedIn = { ...shown, box: { left: -300, top: -350, width: 640, height: 640 } };
    expect(pixelAt({ x: 100, y: 50 }, zoomedIn)).toEqual({ x: 5, y: 5 });
  });

  it('is the same one in a mirrored picture, and none beside the picture', () => {
    expect(pixelAt({ x: 179.9, y: 50 }, { ...shown, isMirrored: true })).toEqual({ x: 0, y: 0 });
    expect(pixelAt({ x: 99, y: 60 }, shown)).toBeNull();
    const wide = { ...shown, height: 4 }; // bars above and below
    expect(pixelAt({ x: 100, y: 60 }, wide)).toBeNull();
    expect(pixelAt({ x: 100, y: 70 }, wide)).toEqual({ x: 0, y: 0 });
    expect(hexColour([201, 180, 6])).toBe('#c9b406');
  });
});
