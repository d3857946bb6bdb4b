// npm run bench -- page: what a run of 10,000 steps costs the page's main thread, in Chromium, on the built page. A stand-in for the
// engine worker sends new steps in the engine's own messages, so that only the page is measured. Nothing fails on a time.
import { chromium, type Browser, type Page } from '@playwright/test';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStaticServer } from '../../workers/node/static-server.mjs';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.mjs';
import { someRun } from '../support/records.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';

const STEPS = 10_000;
const NEW_STEPS = 60;
/** Faster than any run, so that redraws come close together. */
const STEP_INTERVAL_MS = 100;
const GOAL_MS = 50;
const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];

/** One thing done to the page. */
export interface PageCost {
  name: string;
  /** Longest tasks of the main thread in processor time, ms, longest first. */
  longestMs: number[];
  /** Tasks over the goal. */
  overGoal: number;
  /** Longest task by the clock, which other programs lengthen. */
  longestWallMs: number;
  totalMs: number;
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

/** Metrics of a step as a PRPO run logs them. */
function metricsOf(step: number): Record<string, number> {
  const wave = Math.sin(step / 300) + 0.4 * Math.sin(step * 12.9898) * Math.cos(step * 78.233);
  const names = ['reward', 'rewards/vcr_reward/mean', 'rewards/pcr_reward/mean', 'loss', 'kl', 'entropy', 'completions/mean_length', 'grad_norm']; // prettier-ignore
  const further = Array.from({ length: 40 }, (_, i) => `prpo/figure_${i}`);
  const positions = Array.from({ length: 5 }, (_, i) => `prpo/reward_by_position/${i + 1}`);
  const values = [...names, ...positions, ...further].map((name, i): [string, number] => [name, 0.5 + 0.1 * wave + i / 100]);
  return {
    ...Object.fromEntries(values),
    'completions/clipped_ratio': 0,
    num_tokens: 3000 * step,
    step_time: 1,
    ...(step % 5 === 0 ? { 'eval/acc': 0.8, 'eval/f1': 0.8, eval_reward: 0.7 } : {}),
  };
}

const stepOf = (step: number) => ({
  runId: 'long',
  step,
  timestamp: 1_700_000_000_000 + 1000 * step,
  metrics: metricsOf(step),
  phaseMs: { generate: 600, reward: 100, update: 300 },
});

/** Source of a worker that answers as the engine does and then sends steps. */
function engineStandIn(): string {
  const steps = Array.from({ length: NEW_STEPS }, (_, i) => stepOf(STEPS + 1 + i));
  const status = { backend: 'simd', adapter: 'stand-in', fallbackAdapter: false, threads: 1, crossOriginIsolated: true, relaxedSimd: false, shaderF16: false, reason: 'bench' }; // prettier-ignore
  return `
    const steps = ${JSON.stringify(steps)};
    const status = ${JSON.stringify(status)};
    const wait = (ms) => new Promise((done) => setTimeout(done, ms));
    async function train(id) {
      for (const step of steps) {
        for (const phase of ['generate', 'reward', 'update']) {
          postMessage({ type: 'progress', id, value: { kind: 'phase', step: step.step, phase, done: 0, total: 1 } });
          await wait(${STEP_INTERVAL_MS / 3});
        }
        postMessage({ type: 'progress', id, value: { kind: 'step', step, completions: [], etaMs: 1000 } });
      }
      postMessage({ type: 'result', id, value: { state: 'paused' } });
    }
    onmessage = ({ data }) => {
      if (data.type !== 'call') return;
      const { id, name } = data;
      if (name === 'init') postMessage({ type: 'result', id, value: status });
      if (name === 'memory') postMessage({ type: 'result', id, value: { numTensors: 1, liveBytes: 1e7, reservedBytes: 2e7 } });
      if (name === 'train') void train(id);
    };`;
}

/** A copy of the built page with the stand-in in the engine's place. */
async function pageWithStandIn(dist: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'prpo-page-'));
  await cp(dist, folder, { recursive: true });
  const name = (await readdir(join(folder, 'assets'))).find((file) => file.startsWith('engine.worker'));
  if (name === undefined) throw new Error(`${dist} holds no built engine worker. Run npm run build first.`);
  await writeFile(join(folder, 'assets', name), engineStandIn());
  return folder;
}

/** Stores the long run in the page's own database. */
async function storeRun(page: Page): Promise<void> {
  const config = { ...presetConfig('tiny-demo', 'prpo'), evalSteps: 5 };
  const run = someRun({ id: 'long', name: 'Long run', state: 'paused', step: STEPS, maxSteps: STEPS + NEW_STEPS, config });
  const template = Array.from({ length: 50 }, (_, i) => stepOf(i + 1));
  await page.evaluate(
    async ({ record, templates, count }) => {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('prpo-workbench');
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('not opened'));
      });
      const tx = db.transaction(['runs', 'steps'], 'readwrite');
      tx.objectStore('runs').put(record);
      for (let step = 1; step <= count; step++) {
        const one = templates[step % templates.length];
        if (!one) continue;
        const metrics = Object.fromEntries(Object.entries(one.metrics).map(([name, value]) => [name, value + 0.05 * Math.sin(step / 300)]));
        tx.objectStore('steps').put({
          ...one,
          step,
          timestamp: one.timestamp + 1000 * step,
          metrics: { ...metrics, num_tokens: 3000 * step },
        });
      }
      await new Promise<void>((resolve, reject) => {
        tx.oncomplete = () => resolve();
        tx.onerror = () => reject(tx.error ?? new Error('not stored'));
      });
      db.close();
    },
    { record: run, templates: template, count: STEPS },
  );
}

/** Tasks of the page's main thread while something is done. */
async function traced(browser: Browser, page: Page, name: string, work: () => Promise<void>): Promise<PageCost> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await work();
  const trace: { traceEvents: TraceEvent[] } = JSON.parse((await browser.stopTracing()).toString());
  const main = mainThread(trace.traceEvents);
  const tasks = trace.traceEvents.filter((event) => event.ph === 'X' && event.tid === main.tid && event.pid === main.pid && event.name === 'RunTask'); // prettier-ignore
  const cpu = tasks.map(({ tdur = 0 }) => tdur / 1000).sort((a, b) => b - a);
  return {
    name,
    longestMs: cpu.slice(0, 5).map((ms) => Math.round(ms * 10) / 10),
    overGoal: cpu.filter((ms) => ms > GOAL_MS).length,
    longestWallMs: Math.max(0, ...tasks.map(({ dur = 0 }) => dur / 1000)),
    totalMs: cpu.reduce((sum, ms) => sum + ms, 0),
  };
}

/** The renderer's main thread that did most. */
function mainThread(events: readonly TraceEvent[]): { pid: number; tid: number } {
  const named = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const work = ({ pid, tid }: TraceEvent): number => events.reduce((sum, event) => sum + (event.pid === pid && event.tid === tid ? (event.tdur ?? 0) : 0), 0); // prettier-ignore
  const [busiest] = named.map((event) => ({ event, ms: work(event) })).sort((a, b) => b.ms - a.ms);
  if (!busiest) throw new Error('The trace names no main thread.');
  return busiest.event;
}

const press = async (page: Page, label: string, key: string, times: number): Promise<void> => {
  await page.getByRole('slider', { name: label }).first().focus();
  for (let i = 0; i < times; i++) {
    await page.keyboard.press(key);
    await page.waitForTimeout(1500);
  }
};

/** @param dist a built page */
export async function measurePage(dist: string): Promise<{ steps: number; goalMs: number; costs: PageCost[] }> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium was found; install it or set CHROMIUM_PATH.');
  await readFile(join(dist, 'index.html'));
  const folder = await pageWithStandIn(dist);
  const server = await startStaticServer({ root: folder, port: 4395 });
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    await page.goto(`${server.url}#/train`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await storeRun(page);
    const drawn = page.locator('[data-testid=chart][data-metric=reward] [data-part=line]');
    const costs = [
      await traced(browser, page, `a run of ${STEPS} steps is opened`, async () => {
        await page.goto(`${server.url}#/run/long`);
        await drawn.waitFor();
        await page.waitForTimeout(3000);
      }),
      await traced(browser, page, `${NEW_STEPS} new steps arrive`, async () => {
        await page.getByTestId('train-resume').click();
        await page.locator(`[data-testid=run-status][data-step="${STEPS + NEW_STEPS}"]`).waitFor({ timeout: 120_000 });
        await page.waitForTimeout(2000);
      }),
      await traced(browser, page, 'smoothing is changed 3 times', () => press(page, 'Smoothing', 'ArrowRight', 3)),
      await traced(browser, page, 'charts over tokens instead of steps', async () => {
        await page.getByRole('button', { name: 'Tokens' }).click();
        await page.waitForTimeout(2500);
      }),
    ];
    report(costs);
    return { steps: STEPS, goalMs: GOAL_MS, costs };
  } finally {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function report(costs: readonly PageCost[]): void {
  console.log(`\nmain thread, processor time per task, goal ${GOAL_MS} ms; the clock's figure grows with the load of the machine`);
  for (const { name, longestMs, overGoal, longestWallMs, totalMs } of costs) {
    console.log(`  ${overGoal === 0 ? 'within' : 'OVER  '}  ${name}: longest ${longestMs.join(', ')} ms, ${overGoal} over ${GOAL_MS}, by the clock ${longestWallMs.toFixed(0)}, in all ${totalMs.toFixed(0)}`); // prettier-ignore
  }
}
