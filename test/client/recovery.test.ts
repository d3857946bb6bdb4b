import { afterEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { deleteEverything } from '../../src/client/delete-all.ts';
import { DATASET_KEYS } from '../../src/shared/storage/dataset-settings.ts';
import { fixRunSamples } from '../../src/shared/storage/run-samples.ts';
import { putSetting } from '../../src/shared/storage/settings.ts';
import { listJournal, addJournalEntry, trimJournal } from '../../src/shared/storage/journal.ts';
import { deleteEval, putEval } from '../../src/shared/storage/evals.ts';
import { claimRun, deleteRun, putRun, putRunAsWriter } from '../../src/shared/storage/runs.ts';
import { createPreferencesStore, DEFAULT_PREFERENCES } from '../../src/state/preferences.ts';
import { readSettingsFile, writeSettingsFile } from '../../src/state/settings-file.ts';
import type { DatasetRecord } from '../../src/shared/domain/sample.ts';
import type { EvaluationState } from '../../src/state/evaluation-state.ts';
import { createRecoveryStore } from '../../src/state/recovery.ts';
import type { RunState } from '../../src/state/run-state.ts';
import { openTestDatabase } from '../support/database.ts';
import { someDataset, someEval, someRun } from '../support/records.ts';

describe('recovery', () => {
  it('lists what was cut short, not what is paused, done, or worked on by another tab, and goes on with it', async () => {
    const db = await openTestDatabase();
    await putRun(db, someRun({ id: 'cut', state: 'running', step: 7, maxSteps: 60 }));
    await putRun(db, someRun({ id: 'elsewhere', state: 'running' }));
    await putRun(db, someRun({ id: 'paused', state: 'paused' }));
    await putEval(db, someEval({ id: 'test', state: 'queued', sampleIds: ['a'] }));
    const resume = vi.fn(() => Promise.resolve());
    const idle = createStore(() => ({ live: null, waiting: [], resume, runs: null, evals: null }));
    const recovery = createRecoveryStore({
      database: () => Promise.resolve(db),
      listWorkingIds: () => Promise.resolve(['elsewhere']),
      run: idle,
      evaluation: idle,
      datasets: createStore(() => ({ datasets: [] })),
    });
    await recovery
      .getState()
      .look([someDataset({ id: 'half', imageCount: 12 }), someDataset({ id: 'demo', imageCount: 180, synthetic: true })]);
    const { interrupted } = recovery.getState();
    expect(interrupted.map(({ id, place }) => [id, place])).toEqual([
      ['half', '12 images stored; drop the folder again to go on'],
      ['demo', '180 images stored; start the demo or the experiment again to go on'],
      ['cut', 'step 7 of 60'],
      ['test', 'image 0 of 1'],
    ]);
    const cut = interrupted.find(({ id }) => id === 'cut');
    if (cut) recovery.getState().resume(cut);
    expect(resume).toHaveBeenCalledExactlyOnceWith('cut');
    recovery.getState().dismiss();
    await recovery.getState().look();
    expect(recovery.getState().interrupted).toEqual([]);
  });
});

describe('the list of what was cut short', () => {
  it('loses what goes on from its own page, what was stopped there, and what was deleted', async () => {
    const db = await openTestDatabase();
    const runs = ['resumed', 'stopped', 'deleted', 'stays'].map((id) => someRun({ id, state: 'running' }));
    for (const run of runs) await putRun(db, run);
    await putEval(db, someEval({ id: 'test', state: 'running', sampleIds: ['a'] }));
    const resume = () => Promise.resolve();
    const run = createStore<Pick<RunState, 'live' | 'waiting' | 'resume' | 'runs'>>(() => ({
      live: null,
      waiting: [],
      resume,
      runs: null,
    }));
    const evaluation = createStore<Pick<EvaluationState, 'live' | 'waiting' | 'resume' | 'evals'>>(() => ({
      live: null,
      waiting: [],
      resume,
      evals: null,
    }));
    const partial = ['continued', 'gone', 'kept'].map((id) => someDataset({ id, state: 'partial' }));
    const datasets = createStore<{ datasets: readonly DatasetRecord[] }>(() => ({ datasets: [] }));
    const recovery = createRecoveryStore({
      database: () => Promise.resolve(db),
      listWorkingIds: () => Promise.resolve([]),
      run,
      evaluation,
      datasets,
    });
    const shown = () => recovery.getState().interrupted.map(({ id }) => id);
    await recovery.getState().look();
    expect(shown().sort()).toEqual(['deleted', 'resumed', 'stays', 'stopped', 'test']);
    run.setState({ runs: runs.filter(({ id }) => id === 'stopped') });
    expect(shown(), 'one opened run says nothing about the others').toHaveLength(5);
    run.setState({ runs, live: { runId: 'resumed', phase: null, etaMs: null, stopping: false } });
    run.setState({ runs: runs.map((one) => (one.id === 'stopped' ? { ...one, state: 'stopped' as const } : one)) });
    run.setState({ runs: runs.filter(({ id }) => id !== 'deleted') });
    expect(shown().sort()).toEqual(['stays', 'test']);
    evaluation.setState({ waiting: ['test'] });
    expect(shown()).toEqual(['stays']);
    await recovery.getState().look(partial);
    datasets.setState({ datasets: partial });
    const imports = () => recovery.getState().interrupted.flatMap(({ id, kind }) => (kind === 'import' ? [id] : []));
    expect(imports(), 'the list of datasets is read').toEqual(['continued', 'gone', 'kept']);
    datasets.setState({ datasets: [someDataset({ id: 'continued', state: 'ready' }), someDataset({ id: 'kept', state: 'importing' })] });
    expect(imports()).toEqual(['kept']);
  });
});

describe('deleting everything', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('leaves nothing of a dataset or run behind, its folder and views neither, and the settings of the user', async () => {
    vi.stubGlobal('navigator', { locks: { request: (_: string, __: unknown, work: (lock: object) => unknown) => work({}) } });
    const db = await openTestDatabase();
    await putRun(db, someRun({ id: 'r' }));
    await fixRunSamples(db, someRun({ id: 'r' }), { learnt: ['d/1'], leftOut: 0, probed: [] });
    for (const keyOf of DATASET_KEYS) await putSetting(db, keyOf('d'), 'of the dataset');
    await putSetting(db, 'preferences', { palette: 'safe' });
    await deleteEverything(db);
    expect(await db.getAllKeys('settings')).toEqual(['preferences']);
    expect(await db.count('runs')).toBe(0);
  });
});

describe('the action log', () => {
  it('tells each change of state and each deletion once, with names and places and nothing else', async () => {
    const db = await openTestDatabase();
    const run = someRun({ id: 'r', name: 'PRPO', state: 'queued', step: 0, maxSteps: 3 });
    await putRun(db, run);
    const claimed = await claimRun(db, 'r', 'tab');
    if (!claimed) throw new Error('not claimed');
    await putRunAsWriter(db, { ...claimed, state: 'running' });
    await putRunAsWriter(db, { ...claimed, state: 'running', step: 1 });
    await claimRun(db, 'r', 'after a crash');
    await putRun(db, { ...run, state: 'failed', step: 1, error: { code: 'E-NAN', message: 'a secret of a file' } });
    await deleteRun(db, 'r');
    await putEval(db, someEval({ id: 'e', name: 'Test', state: 'done', sampleIds: ['a', 'b'] }));
    await deleteEval(db, 'e');
    expect((await listJournal(db)).map(({ action, detail }) => `${action} ${detail}`)).toEqual([
      'training "PRPO": created, step 0 of 3',
      'training "PRPO": running, step 0 of 3',
      'training "PRPO": goes on after an interruption, step 1 of 3',
      'training "PRPO": failed (E-NAN), step 1 of 3',
      'delete-run "PRPO": 1 steps',
      'evaluation "Test": created, 2 images',
      'delete-evaluation "Test" with its answers',
    ]);
  });

  it('keeps the newest entries when it grows too long', async () => {
    const db = await openTestDatabase();
    for (const name of ['a', 'b', 'c']) await addJournalEntry(db, 'export', name);
    await trimJournal(db, 2);
    expect((await listJournal(db)).map(({ detail }) => detail)).toEqual(['b', 'c']);
  });
});

describe('preferences', () => {
  it('are kept, and come back in another page', async () => {
    const db = await openTestDatabase();
    const open = () => Promise.resolve(db);
    await createPreferencesStore(open).getState().change({ palette: 'safe', extraDigits: 2 });
    const later = createPreferencesStore(open);
    await later.getState().load();
    expect(later.getState().preferences).toEqual({ ...DEFAULT_PREFERENCES, palette: 'safe', extraDigits: 2 });
  });

  it('that another tab changed stay as it left them', async () => {
    const db = await openTestDatabase();
    const [here, there] = [1, 2].map(() => createPreferencesStore(() => Promise.resolve(db)));
    await Promise.all([here?.getState().change({ palette: 'safe' }), there?.getState().change({ motion: 'reduced' })]);
    const later = createPreferencesStore(() => Promise.resolve(db));
    await later.getState().load();
    expect(later.getState().preferences).toMatchObject({ palette: 'safe', motion: 'reduced' });
  });

  it('leave as a file and come back the same; another file is refused with the field', () => {
    const settings = {
      theme: 'dark',
      singleKeys: false,
      keyMap: { n: 'j' },
      preferences: { ...DEFAULT_PREFERENCES, decimalMark: 'comma' },
    } as const;
    expect(readSettingsFile(writeSettingsFile(settings))).toMatchObject(settings);
    const wrong = writeSettingsFile(settings).replace('"comma"', '"dot"');
    expect(() => readSettingsFile(wrong)).toThrow(/preferences\.decimalMark/);
    expect(() => readSettingsFile('no json')).toThrow(/no settings file/);
  });
});
