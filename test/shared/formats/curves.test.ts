import { describe, expect, it } from 'vitest';
import type { CurvePoint } from '../../../src/shared/formats/curve.ts';
import { readCurveCsv, writeCurveCsv } from '../../../src/shared/formats/curves-csv.ts';
import { readCurveJsonl, writeCurveJsonl } from '../../../src/shared/formats/curves-jsonl.ts';
import { fromTensorBoardTag, toTensorBoardTag } from '../../../src/shared/formats/metric-names.ts';
import { readTrainerState, writeTrainerState } from '../../../src/shared/formats/trainer-state.ts';
import { presetConfig } from '../../../src/shared/config/presets.ts';

const TIME = Date.UTC(2026, 10, 22, 20, 0, 0);
const POINTS: CurvePoint[] = [
  { step: 1, timestamp: TIME, metrics: { loss: 0.25, reward: 0.5, 'rewards/vcr_reward/mean': 0.5 } },
  { step: 2, timestamp: TIME + 1000, metrics: { loss: -1e-7, kl: 0.01 } },
];
const refusal = (text: string) => expect.objectContaining({ code: 'E-SCHEMA', message: expect.stringContaining(text) });

describe('curves as CSV', () => {
  it('have one column per metric, empty where a step lacks it', () => {
    expect(writeCurveCsv(POINTS).split('\r\n')).toEqual([
      'step,timestamp,loss,reward,rewards/vcr_reward/mean,kl',
      '1,2026-11-22T20:00:00.000Z,0.25,0.5,0.5,',
      '2,2026-11-22T20:00:01.000Z,-1e-7,,,0.01',
      '',
    ]);
  });

  it('are read back whole', () => {
    expect(readCurveCsv(writeCurveCsv(POINTS))).toEqual(POINTS);
  });

  it('are read with quotes, seconds as time, old TRL names and NaN cells dropped', () => {
    const text = '"step","completion_length",timestamp,"a ""b"", c",rewards/format\n3,40,1700000000,1,0.5\n4,NaN,,2,\n';
    expect(readCurveCsv(text)).toEqual([
      { step: 3, timestamp: 1.7e12, metrics: { 'completions/mean_length': 40, 'a "b", c': 1, 'rewards/format/mean': 0.5 } },
      { step: 4, timestamp: null, metrics: { 'a "b", c': 2 } },
    ]);
  });

  it('may have spaces beside their commas: a blank cell is no value, not 0', () => {
    expect(readCurveCsv('step, loss , "a b"\n 1, 0.5, "2"\n 2 ," ",3\n \n')).toEqual([
      { step: 1, timestamp: null, metrics: { loss: 0.5, 'a b': 2 } },
      { step: 2, timestamp: null, metrics: { 'a b': 3 } },
    ]);
    expect(() => readCurveCsv('step,loss\n ,2\n')).toThrowError(refusal('no whole number as step'));
    expect(() => readCurveCsv('step,loss\n1, "2')).toThrowError(refusal('quotation'));
  });

  it('end with an empty cell where the file ends after a comma', () => {
    expect(readCurveCsv('step,loss,kl\n1,2,')).toEqual([{ step: 1, timestamp: null, metrics: { loss: 2 } }]);
  });

  it('are refused whole with the row: no step column, short row, words', () => {
    expect(() => readCurveCsv('epoch,loss\n1,2')).toThrowError(refusal('no `step` column'));
    expect(() => readCurveCsv('step,loss\n1,2\n2')).toThrowError(refusal('Row 3'));
    expect(() => readCurveCsv('step,loss\n1,lots')).toThrowError(refusal('"lots"'));
    expect(() => readCurveCsv('step,loss\n1,"2')).toThrowError(refusal('quotation'));
  });
});

describe('curves as JSON lines', () => {
  it('carry TRL or verl names and are read back as the same', () => {
    const verl = writeCurveJsonl(POINTS, 'verl');
    expect(JSON.parse(verl.split('\n')[0] ?? '')).toEqual({
      step: 1,
      data: { 'actor/pg_loss': 0.25, 'critic/rewards/mean': 0.5, 'rewards/vcr_reward/mean': 0.5, 'training/global_step': 1 },
    });
    expect(readCurveJsonl('x', verl).map(({ metrics }) => metrics)).toEqual(POINTS.map(({ metrics }) => metrics));
    expect(readCurveJsonl('x', writeCurveJsonl(POINTS, 'trl'))).toEqual(POINTS);
  });

  it('are refused whole with the line', () => {
    expect(() => readCurveJsonl('log.jsonl', '{"step":1,"loss":2}\n{"step":2,')).toThrowError(refusal('log.jsonl#2'));
    expect(() => readCurveJsonl('log.jsonl', '{"loss":2}')).toThrowError(refusal('log.jsonl#1'));
  });
});

describe('trainer_state.json', () => {
  const run = { maxSteps: 4, config: presetConfig('tiny-demo', 'prpo') };

  it('has the curves as bare names in its history, each with epoch and step', () => {
    const state: unknown = JSON.parse(writeTrainerState(run, POINTS));
    expect(state).toMatchObject({ global_step: 2, max_steps: 4, epoch: 0.5, train_batch_size: 32 });
    expect(state).toMatchObject({
      log_history: [
        { loss: 0.25, epoch: 0.25, step: 1 },
        { kl: 0.01, step: 2 },
      ],
    });
    const { points, maxSteps } = readTrainerState(writeTrainerState(run, POINTS));
    expect(maxSteps).toBe(4);
    expect(points.map(({ step, metrics }) => [step, metrics['loss'], metrics['reward'], metrics['kl']])).toEqual([
      [1, 0.25, 0.5, undefined],
      [2, -1e-7, undefined, 0.01],
    ]);
  });

  it('has what was measured on the probe images in a row of its own, and reads both back as one step', () => {
    const metrics = { loss: 0.5, reward: 0.25, eval_loss: 0.75, 'eval/acc': 0.5 };
    const text = writeTrainerState(run, [{ step: 1, timestamp: TIME, metrics }]);
    expect(JSON.parse(text)).toMatchObject({
      log_history: [
        { loss: 0.5, reward: 0.25, epoch: 0.25, step: 1 },
        { eval_loss: 0.75, 'eval/acc': 0.5, epoch: 0.25, step: 1 },
      ],
    });
    expect(text).toMatch(/"reward": 0.25,\s+"epoch": 0.25/);
    expect(readTrainerState(text).points).toEqual([{ step: 1, timestamp: null, metrics: { ...metrics, epoch: 0.25 } }]);
  });

  it('merges the training and evaluation entries of one step', () => {
    const text = JSON.stringify({
      log_history: [
        { step: 5, loss: 1, note: 'x' },
        { step: 5, eval_loss: 2 },
      ],
    });
    expect(readTrainerState(text)).toEqual({ points: [{ step: 5, timestamp: null, metrics: { loss: 1, eval_loss: 2 } }], maxSteps: 5 });
  });

  it('is read with the NaN and Infinity of a run that diverged, as Python writes them', () => {
    const row = '{"epoch": 0.5, "grad_norm": NaN, "loss": -Infinity, "note": "NaN, \\"Infinity\\"", "reward": 0.25, "step": 3}';
    expect(readTrainerState(`{"log_history": [${row}], "max_steps": 9}`).points).toMatchObject([
      { step: 3, metrics: { epoch: 0.5, reward: 0.25 } },
    ]);
    expect(() => readTrainerState(`{"log_history": [${row}\n  "max_steps": 9}`)).toThrow('Line 2, column 3');
  });

  it('is refused without a history', () => {
    expect(() => readTrainerState('{"global_step": 3}')).toThrowError(refusal('log_history'));
    expect(() => readTrainerState('{"log_history": [')).toThrowError(refusal('not JSON'));
  });
});

describe('TensorBoard tags', () => {
  it.each([
    ['loss', 'train/loss'],
    ['eval_loss', 'eval/loss'],
    ['eval/acc', 'eval/acc'],
    ['train/pass@8', 'train/pass@8'],
  ])('of %s is %s', (name, tag) => {
    expect(toTensorBoardTag(name)).toBe(tag);
    expect(fromTensorBoardTag(tag)).toBe(name === 'eval_loss' ? 'eval/loss' : name);
  });
});
