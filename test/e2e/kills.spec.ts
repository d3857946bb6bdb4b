// Renderer processes that end at random moments of a training run: nothing stored may be damaged, at most the step under way may be
// lost, and the curve must come out as that of a run that nothing happened to. `npm run test:kills` kills 20 times.
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import type { CheckpointRecord, CompletionRecord, RunRecord, StepRecord } from '../../src/shared/domain/run.ts';
import { checkRecord } from '../../src/shared/formats/records/check-record.ts';
import { CHECKPOINT_SCHEMA, COMPLETION_SCHEMA, RUN_SCHEMA } from '../../src/shared/formats/records/run-schemas.ts';
import { median } from '../../src/shared/metrics/averages.ts';
import { RandomStream } from '../../src/shared/random.ts';
import { inspectFiles, readStore, type FoundFile } from './page-database.ts';
import {
  COMPLETIONS_PER_STEP,
  curveOf,
  expectRunEnds,
  importTinyData,
  killRenderer,
  resumeRun,
  stepsOf,
  storeTinyRun,
} from './tiny-run.ts';

const KILLS = Number(process.env.KILLS ?? 3);
const SEED = process.env.KILLS_SEED ?? 'kills';
/** More than the kills can take, so that every one of them hits a running job. */
const MAX_STEPS = 5 * KILLS + 5;
/** For a run of all steps on a machine that does much else. */
const PATIENCE_MS = 120_000 + KILLS * 60_000;
/** Kills in the first moments, while model and state are loaded, as a share of all. */
const EARLY_SHARE = 0.25;
const EARLY_MS = 2500;

type Shapes = Map<string, FoundFile['shapes']>;

/** What a killed run left in the database, read from another page. */
async function assertWhole(page: Page, runId: string, shapes: Shapes): Promise<RunRecord> {
  const runs = (await readStore<unknown>(page, 'runs')).map((record) => checkRecord(RUN_SCHEMA, record, 'runs'));
  const run = runs.find(({ id }) => id === runId);
  if (!run) throw new Error('the run is gone');
  assertSteps(run, await stepsOf(page, runId));
  await assertCompletions(page, run);
  const files = await inspectFiles(page);
  const checkpoints = (await readStore<unknown>(page, 'checkpoints')).map((record) =>
    checkRecord(CHECKPOINT_SCHEMA, record, 'checkpoints'),
  );
  for (const checkpoint of checkpoints) assertCheckpoint(checkpoint, files);
  for (const file of files) assertFile(file, shapes);
  const slot = files.filter(({ checkpointId, path }) => checkpointId === `resume:${runId}` && path.startsWith(`${run.step % 2}/`));
  expect(slot.length, `state after step ${run.step}`).toBe(run.step === 0 ? 0 : 3);
  return run;
}

function assertSteps(run: RunRecord, steps: readonly StepRecord[]): void {
  expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: run.step }, (_, index) => index + 1));
  for (const { metrics } of steps) expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
}

async function assertCompletions(page: Page, run: RunRecord): Promise<void> {
  const all = (await readStore<unknown>(page, 'completions')).map((record) => checkRecord(COMPLETION_SCHEMA, record, 'completions'));
  const own = all.filter(({ runId }) => runId === run.id).map(({ step, index }) => `${step}/${index}`);
  const wanted = Array.from({ length: run.step * COMPLETIONS_PER_STEP }, (_, i) => `${1 + Math.floor(i / COMPLETIONS_PER_STEP)}/${i % COMPLETIONS_PER_STEP}`); // prettier-ignore
  expect(own).toEqual(wanted);
}

function assertCheckpoint({ id, complete, files: recorded }: CheckpointRecord, files: readonly FoundFile[]): void {
  expect(complete).toBe(true);
  const found = files.filter(({ checkpointId }) => checkpointId === id);
  const pairs = (list: { path: string; sha256: string }[]) => list.map(({ path, sha256 }) => `${path} ${sha256}`).sort();
  expect(pairs(found.map(({ path, actualSha256 }) => ({ path, sha256: actualSha256 })))).toEqual(pairs(recorded));
}

function assertFile({ checkpointId, path, recordedSha256, actualSha256, shapes: found, tensorBytes }: FoundFile, shapes: Shapes): void {
  expect(actualSha256, `${checkpointId}/${path}`).toBe(recordedSha256);
  if (!found || !tensorBytes) return;
  expect(tensorBytes.actual).toBe(tensorBytes.promised);
  const name = path.replace(/^[01]\//, '');
  if (!shapes.has(name)) shapes.set(name, found);
  expect(found, `shapes in ${checkpointId}/${path}`).toEqual(shapes.get(name));
}

/** Resumes the run and ends its process some time later. @returns the last step that the page had shown by then */
async function runAndKill(context: BrowserContext, page: Page, runId: string, random: RandomStream, stepMs: number): Promise<number> {
  await resumeRun(page, runId);
  const status = page.getByTestId('run-status');
  const shownStep = async (): Promise<number> => Number(await status.getAttribute('data-step'));
  const before = await shownStep();
  if (random.next() < EARLY_SHARE) await page.waitForTimeout(random.next() * EARLY_MS);
  else {
    await expect.poll(shownStep, { timeout: 60_000, intervals: [20] }).toBeGreaterThan(before);
    await page.waitForTimeout(random.next() * 1.3 * stepMs);
  }
  const shown = await shownStep();
  await killRenderer(context, page);
  return shown;
}

function medianStepMs(steps: readonly StepRecord[]): number {
  const gaps = steps.slice(1).map(({ timestamp }, index) => timestamp - (steps[index]?.timestamp ?? 0));
  return median(gaps) || 1000;
}

const textsOf = async (page: Page, runId: string): Promise<string[]> =>
  (await readStore<CompletionRecord>(page, 'completions')).filter((row) => row.runId === runId).map(({ text }) => text);

test(`a PRPO run killed at ${KILLS} random moments comes back whole and ends with the curve of an uninterrupted run`, async ({
  page,
  context,
}) => {
  test.setTimeout(3 * PATIENCE_MS);
  const datasetId = await importTinyData(page);
  for (const id of ['whole', 'killed']) await storeTinyRun(page, { id, datasetId, maxSteps: MAX_STEPS });
  await resumeRun(page, 'whole');
  await expectRunEnds(page, MAX_STEPS, PATIENCE_MS);
  const whole = await stepsOf(page, 'whole');
  const stepMs = medianStepMs(whole);
  const random = RandomStream.fromText(SEED);
  const shapes: Shapes = new Map();
  const log: string[] = [];

  let current = page;
  for (let kill = 1; kill <= KILLS; kill++) {
    const shown = await runAndKill(context, current, 'killed', random, stepMs);
    current = await context.newPage();
    await current.goto('/#/run/killed');
    await expect(current.getByTestId('run-status')).toHaveAttribute('data-state', 'paused');
    const run = await assertWhole(current, 'killed', shapes);
    expect(run.step, 'a step that was shown is stored').toBeGreaterThanOrEqual(shown);
    expect(run.step, 'the run was killed before its end').toBeLessThan(MAX_STEPS);
    log.push(`${kill}: shown ${shown}, stored ${run.step}`);
  }
  await resumeRun(current, 'killed');
  await expectRunEnds(current, MAX_STEPS, PATIENCE_MS);
  const killed = await stepsOf(current, 'killed');
  expect(curveOf(killed)).toEqual(curveOf(whole));
  expect(await textsOf(current, 'killed')).toEqual(await textsOf(current, 'whole'));
  console.log(`${KILLS} kills over ${MAX_STEPS} steps of about ${Math.round(stepMs)} ms; ${log.join('; ')}`);
});
