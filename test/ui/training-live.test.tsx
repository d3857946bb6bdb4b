// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import { act } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { plotProps } from '../../src/components/charts/plot-props.ts';
import { logDomain, logTicks } from '../../src/components/charts/series.ts';
import { useInTurn } from '../../src/components/use-in-turn.ts';
import { ALL_COMPLETIONS, filterCounts, viewCompletions } from '../../src/features/training/run/completion-view.ts';
import { KeepAwake } from '../../src/features/training/run/KeepAwake.tsx';
import { runLog } from '../../src/features/training/run/run-log.ts';
import { metricPoints, probeCharts, xValues } from '../../src/features/training/run/run-series.ts';
import { runSpeed } from '../../src/features/training/run/run-speed.ts';
import { RunPage } from '../../src/features/training/run/RunPage.tsx';
import { readChartView, writeChartView } from '../../src/features/training/run/use-run-view.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import type { StepRecord } from '../../src/shared/domain/run.ts';
import { putRun } from '../../src/shared/storage/runs.ts';
import { appendStep } from '../support/append-step.ts';
import { openTestDatabase } from '../support/database.ts';
import { someCompletion, someRun } from '../support/records.ts';
import { render, until } from './render.tsx';
import { show, takeDown, type } from './training-page.tsx';

afterEach(takeDown);

const step = (number: number, metrics: Record<string, number>, phaseMs: StepRecord['phaseMs'] = {}): StepRecord => ({
  runId: 'r',
  step: number,
  timestamp: 1000 * number,
  metrics,
  phaseMs,
});

describe('what charts are drawn over', () => {
  const steps = [
    step(1, { loss: 1, num_tokens: 100 }, { generate: 30_000, update: 30_000 }),
    step(2, { loss: 0.5, num_tokens: 250 }, { update: 60_000 }),
  ];

  it('is the step, the minutes of work without pauses, or the tokens seen', () => {
    expect(metricPoints(steps, 'loss', xValues(steps, 'step')).map(({ x }) => x)).toEqual([1, 2]);
    expect(metricPoints(steps, 'loss', xValues(steps, 'time')).map(({ x }) => x)).toEqual([1, 2]);
    expect(metricPoints(steps, 'loss', xValues(steps, 'tokens')).map(({ x }) => x)).toEqual([100, 250]);
    expect(metricPoints([step(1, { loss: 1 })], 'loss', xValues([step(1, { loss: 1 })], 'tokens'))).toEqual([]);
  });

  it('offers the probe where the run has one', () => {
    expect(probeCharts(presetConfig('tiny-demo', 'prpo'))).toEqual([]);
    expect(probeCharts({ ...presetConfig('tiny-demo', 'prpo'), evalSteps: 5 }).map(({ metric }) => metric)).toContain('eval/acc');
  });
});

describe('a logarithmic axis', () => {
  const series = [{ id: 'a', name: 'a', points: [1e-3, 0, 0.5, -2, 20].map((y, x) => ({ x, y })) }];

  it('reaches over whole powers of ten and leaves out what is not above 0, while the raw points stay', () => {
    const { rows, yDomain, yTicks, yScale } = plotProps({ series, logY: true });
    expect([yScale, yDomain]).toEqual(['log', [1e-3, 100]]);
    expect(yTicks).toEqual([1e-3, 1e-2, 1e-1, 1, 10, 100]);
    expect(rows.map((row) => row['a:raw'])).toEqual([1e-3, undefined, 0.5, undefined, 20]);
    expect(series[0]?.points).toHaveLength(5);
  });

  it('stays linear where no value is above 0', () => {
    expect(plotProps({ series: [{ id: 'a', name: 'a', points: [{ x: 1, y: -1 }] }], logY: true }).yScale).toBe('linear');
    expect(logDomain([1])).toEqual([1, 10]);
    expect(logTicks([1e-9, 1]).length).toBeLessThanOrEqual(6);
  });
});

describe('the address of a run page', () => {
  it('holds the chart settings, leaves out the usual ones and ignores broken ones', () => {
    const view = { smoothing: 0.3, xAxis: 'tokens', isLog: true, showAll: true } as const;
    const params = writeChartView(new URLSearchParams('step=4'), view);
    expect(params.get('step')).toBe('4');
    expect(readChartView(params)).toEqual(view);
    expect(String(writeChartView(params, readChartView(new URLSearchParams('smoothing=7&x=moon'))))).toBe('step=4');
  });
});

describe('the answers of a step', () => {
  const rows = [
    { ...someCompletion('r', 1, 0), predict: 'fake' as const, label: 'fake' as const, reward: 0.2, tokenCount: 9, text: 'Waxy skin' },
    { ...someCompletion('r', 1, 1), predict: 'real' as const, label: 'fake' as const, reward: 0.9, tokenCount: 5, text: 'Natural eyes' },
    { ...someCompletion('r', 1, 2), predict: null, label: 'real' as const, reward: 0, tokenCount: 7, terminated: false, text: 'Hair' },
  ];
  const order = (view: Partial<typeof ALL_COMPLETIONS>): number[] =>
    viewCompletions(rows, { ...ALL_COMPLETIONS, ...view }).map(({ index }) => index);

  it('are filtered by verdict, label, cut and words', () => {
    expect(filterCounts(rows)).toEqual({ all: 3, real: 1, fake: 1, unparsed: 1, wrong: 2, cut: 1 });
    expect(order({ filter: 'wrong' })).toEqual([1, 2]);
    expect(order({ filter: 'cut' })).toEqual([2]);
    expect(order({ search: 'EYES' })).toEqual([1]);
  });

  it('are sorted both ways', () => {
    expect(order({ sort: 'reward' })).toEqual([1, 0, 2]);
    expect(order({ sort: 'reward', isAscending: true })).toEqual([2, 0, 1]);
    expect(order({ sort: 'length' })).toEqual([0, 2, 1]);
    expect(order({ sort: 'image' })).toEqual([0, 1, 2]);
  });
});

describe('the speed of a run', () => {
  it('counts tokens per second over the last steps only', () => {
    const steps = Array.from({ length: 12 }, (_, i) =>
      step(i + 1, { num_tokens: 100 * (i + 1), 'completions/mean_length': 10 }, { generate: 500, update: 500 }),
    );
    expect(runSpeed(steps, 4)).toEqual({ stepMs: 1000, tokensPerSecond: 100, generatedPerSecond: 80 });
    expect(runSpeed([], 4).stepMs).toBeNull();
    expect(runSpeed([step(1, { loss: 1 }, { update: 500 })], 0)).toEqual({ stepMs: 500, tokensPerSecond: null, generatedPerSecond: null });
  });
});

describe('the log of a run', () => {
  it('tells steps, probes, checkpoints and the end, newest first', () => {
    const run = someRun({ id: 'r', state: 'done', step: 2, maxSteps: 9, endedEarly: 'Ended early: 2 probes in a row.', best: { step: 1, metric: 'eval/acc', value: 0.9, checkpointId: 'r-step-1' } }); // prettier-ignore
    const steps = [step(1, { loss: 0.5, 'eval/acc': 0.9 }), step(2, { loss: 0.4 })];
    const checkpoint = { id: 'r-step-1', name: '', kind: 'full' as const, createdAt: 1500, runId: 'r', step: 1, parentId: null, sizeBytes: 1, sha256: '', complete: true, resumable: true, files: [], metrics: {}, tiny: true }; // prettier-ignore
    const lines = runLog(run, steps, [checkpoint], 100);
    expect(lines.map(({ step: number, kind }) => [number, kind])).toEqual([[2, 'end'], [2, 'step'], [1, 'checkpoint'], [1, 'probe'], [1, 'step']]); // prettier-ignore
    expect(lines[0]?.text).toBe('done. Ended early: 2 probes in a row.');
    expect(lines[2]?.text).toContain('the best so far');
    expect(runLog(run, steps, [], 1)).toHaveLength(1);
  });
});

describe('views that wait for their turn', () => {
  it('all show the newest value in the end, one task each', async () => {
    const drawn: string[] = [];
    function View({ name, value }: { name: string; value: number }) {
      const shown = useInTurn(value);
      if (drawn.at(-1) !== `${name}${shown}`) drawn.push(`${name}${shown}`);
      return <i data-testid={name}>{shown}</i>;
    }
    function Views() {
      return ['a', 'b', 'c'].map((name) => <View key={name} name={name} value={Number(document.body.dataset.value)} />);
    }
    document.body.dataset.value = '1';
    const { find, unmount, redraw } = await render(<Views />);
    drawn.length = 0;
    document.body.dataset.value = '2';
    await redraw(<Views />);
    await until(() => expect(['a', 'b', 'c'].map((name) => find(name).textContent)).toEqual(['2', '2', '2']));
    expect(drawn.filter((entry) => entry.endsWith('2'))).toEqual(['a2', 'b2', 'c2']);
    await unmount();
  });
});

describe('keep awake', () => {
  it('asks again when the tab is seen again, and says that it was hidden', async () => {
    let asked = 0;
    const lock = Object.assign(new EventTarget(), { release: () => Promise.resolve() });
    Object.defineProperty(navigator, 'wakeLock', { configurable: true, value: { request: () => (asked++, Promise.resolve(lock)) } });
    const see = async (state: string) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: state });
      await act(async () => document.dispatchEvent(new Event('visibilitychange')));
    };
    const { find, container, unmount } = await render(<KeepAwake isWorking />);
    expect(asked).toBe(0);
    await act(async () => container.querySelector('input')?.click());
    await until(() => expect(find('keep-awake').dataset.held).toBe('true'));
    await act(async () => lock.dispatchEvent(new Event('release')));
    expect(find('keep-awake').dataset.held).toBe('false');
    await see('hidden');
    expect(asked).toBe(1);
    await see('visible');
    await until(() => expect(find('keep-awake').dataset.held).toBe('true'));
    expect(asked).toBe(2);
    expect(find('keep-awake').textContent).toContain('was hidden');
    await unmount();
  });
});

describe('the page of a run with a probe', () => {
  it('shows probe, speed, best checkpoint reason and log, and filters the answers', async () => {
    const db = await openTestDatabase();
    const config = { ...presetConfig('tiny-demo', 'prpo'), evalSteps: 1 };
    const run = someRun({ id: 'r', state: 'done', step: 2, maxSteps: 9, config, endedEarly: 'Ended early: one probe.' });
    await putRun(db, run);
    for (const number of [1, 2]) {
      await appendStep(
        db,
        { ...run, step: number },
        step(number, { 'eval/acc': 0.7 + number / 10, num_tokens: 500 * number }, { generate: 900, update: 100 }),
        [
          { ...someCompletion('r', number, 0), predict: 'fake', text: 'first' },
          { ...someCompletion('r', number, 1), predict: null, text: 'second' },
        ],
      );
    }
    const { find, container } = await show(db, <RunPage />, '/run/:id', '/run/r?x=tokens');
    await until(() => expect(container.querySelectorAll('[data-testid=completion-row]')).toHaveLength(2));
    await until(() =>
      expect(container.querySelector<HTMLElement>('[data-testid=chart][data-metric="eval/acc"]')?.dataset.points).toBe('2'),
    );
    expect(find('run-status').textContent).toContain('Ended early: one probe.');
    expect(find('run-figures').textContent).toContain('500 tokens/s');
    await type(find('completion-search'), 'second');
    expect(container.querySelectorAll('[data-testid=completion-row]')).toHaveLength(1);
    await act(async () => find('log-toggle').click());
    expect([...container.querySelectorAll<HTMLElement>('[data-testid=log-line]')].map(({ dataset }) => dataset.kind)).toEqual([
      'end',
      'probe',
      'step',
      'probe',
      'step',
    ]);
  });
});
