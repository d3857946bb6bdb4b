// A PRPO run of a few seconds, for tests of what happens to runs: two images, two answers each, few tokens.
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presetConfig } from '../../src/shared/config/presets.ts';
import type { RunRecord, StepRecord } from '../../src/shared/domain/run.ts';
import { writeSampleData } from '../../workers/node/sample-data.ts';
import { putRecord, readStore } from './page-database.ts';

const SAMPLE_SEED = 9002;
export const COMPLETIONS_PER_STEP = 4;

/** Imports 30 synthetic images through the page. @returns the dataset's id */
export async function importTinyData(page: Page): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'prpo-tiny-'));
  try {
    const folder = join(root, 'tiny');
    await writeSampleData({ outDir: folder, seed: SAMPLE_SEED, perClass: 1 });
    await page.goto('/');
    await page.getByTestId('directory-input').first().setInputFiles(folder);
    await page.getByTestId('import-start').click();
    await expect(page.getByTestId('import-summary')).toHaveAttribute('data-imported', '30', { timeout: 60_000 });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  const [dataset] = await readStore<{ id: string }>(page, 'datasets');
  return dataset?.id ?? '';
}

/** Stores a run that has not begun; its page offers to resume it. */
export async function storeTinyRun(page: Page, fields: Pick<RunRecord, 'id' | 'datasetId' | 'maxSteps'>): Promise<void> {
  const config = presetConfig('tiny-demo', 'prpo');
  const record: RunRecord = {
    ...fields,
    name: fields.id,
    createdAt: Date.now(),
    updatedAt: Date.now(),
    state: 'paused',
    algorithm: 'prpo',
    config: {
      ...config,
      maxSteps: fields.maxSteps,
      saveSteps: 4,
      policy: { ...config.policy, promptsPerStep: 2, numGenerations: 2, maxCompletionLength: 40 },
    },
    datasetName: 'tiny',
    datasetHash: '',
    baseModelId: 'dx-llava-nano',
    baseModelName: 'dx-llava-nano',
    step: 0,
    checkpointIds: [],
    codeVersion: 'test',
    skippedSteps: 0,
  };
  await putRecord(page, 'runs', record);
}

/** Opens the run's page anew and presses Resume. @param query such as `?backend=webgpu` */
export async function resumeRun(page: Page, runId: string, query = ''): Promise<void> {
  await page.goto(`/${query}#/run/${runId}`);
  await page.getByTestId('train-resume').click();
}

export async function expectRunEnds(page: Page, maxSteps: number, timeout = 300_000): Promise<void> {
  const status = page.getByTestId('run-status');
  await expect(status).toHaveAttribute('data-state', 'done', { timeout });
  await expect(status).toHaveAttribute('data-step', String(maxSteps));
}

/** The stored steps of one run, in order. */
export async function stepsOf(page: Page, runId: string): Promise<StepRecord[]> {
  return (await readStore<StepRecord>(page, 'steps')).filter((step) => step.runId === runId);
}

/** Ends the renderer process of a page, workers and all; resolves when it is gone. */
export async function killRenderer(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  const gone = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => undefined); // never answers: the process is dead
  await gone;
  await page.close();
}

/** Metrics that are times, which no two runs share. */
const TIMES = /time|_ms$|per_second|seconds/;

/** All numbers of a curve that a repeated run must give again. */
export function curveOf(steps: readonly StepRecord[]): { step: number; metrics: Record<string, number> }[] {
  return steps.map(({ step, metrics }) => ({
    step,
    metrics: Object.fromEntries(Object.entries(metrics).filter(([name]) => !TIMES.test(name))),
  }));
}
