// npm run bench -- data, third part: what importing and checking a folder takes. The files are on disk, the page is the built one, and
// the browser has a profile on disk too: without one its database would lie in memory. Flat means: neither the renderer (page and
// workers) nor the browser's own process follows the number of files. Needs a build and Linux.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.mjs';
import { dropFolder } from '../support/drop-folder.ts';
import { writeImportFolder } from './import-folder.ts';
import { collectGarbage, type HeldHeap } from './collect-garbage.ts';
import { growthPerTenThousand } from './held-growth.ts';
import { traceTasks, type TaskFigures } from './page-tasks.ts';
import { startProcessMeter, type MeterReading } from './process-meter.ts';

/** Numbers of files unless told otherwise; `--images 100000` takes one other number. */
const SIZES = [1_000, 5_000];
/** Copies into the browser's storage, or a link to the folder with thumbnails alone. */
const WAYS = ['copied', 'linked'] as const;
const HOUR = 3_600_000;

/** Tasks of the page's own thread that held it for more than 50 ms. */
interface LongTasks {
  count: number;
  worstMs: number;
}

interface Part extends MeterReading {
  ms: number;
  longTasks: LongTasks;
  /** Processor time of the page's tasks; null where a trace would be too long. */
  tasks: TaskFigures | null;
  /** The renderer after its garbage was collected. */
  heldBytes: number;
  /** The same by thread. */
  heaps: HeldHeap[];
}

/** What is held while an import runs, after a collection. */
interface HeldAt {
  /** Images stored until then. */
  done: number;
  rendererBytes: number;
  /** Of it, without code and what is shared. */
  rendererOwnBytes: number;
  browserBytes: number;
  heaps: HeldHeap[];
}

/** Collections during an import: at each fifth. They take from its peak, so they are made only on demand. */
const LOOKS = 5;

/** Up to here the page's tasks are traced. */
const TRACED_FILES = 5_000;

export interface ImportMemoryFigures {
  files: number;
  fileBytes: number;
  way: (typeof WAYS)[number];
  /** From the drop to the review. */
  review: Part;
  /** From the start to the summary. */
  import: Part;
  /** Empty unless asked for. */
  during: HeldAt[];
  /** Of all files: traits, exact and near copies, shortcuts. */
  checks: Part;
  /** Images in the dataset afterwards. */
  imported: number;
  load: number;
}

/** Collected by a script that runs before the page's own. */
interface LongTaskWindow extends Window {
  benchLongTasks?: number[];
}

function collectLongTasks(): void {
  const page: LongTaskWindow = window;
  page.benchLongTasks = [];
  new PerformanceObserver((list) => page.benchLongTasks?.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
  });
}

async function takeLongTasks(page: Page): Promise<LongTasks> {
  const durations = await page.evaluate(() => {
    const own: LongTaskWindow = window;
    return own.benchLongTasks?.splice(0) ?? [];
  });
  return { count: durations.length, worstMs: Math.max(0, ...durations) };
}

async function measurePart(context: BrowserContext, page: Page, isTraced: boolean, work: () => Promise<void>): Promise<Part> {
  const browser = context.browser();
  if (!browser) throw new Error('Chromium has ended.');
  await takeLongTasks(page);
  const meter = await startProcessMeter(browser);
  const began = performance.now();
  let tasks: TaskFigures | null = null;
  if (isTraced) tasks = await traceTasks(browser, page, work);
  else await work();
  const ms = performance.now() - began;
  const reading = await meter.read();
  const longTasks = await takeLongTasks(page);
  const session = await context.newCDPSession(page);
  const heaps = await collectGarbage(session);
  await session.detach();
  const heldBytes = (await meter.read()).renderer.endBytes;
  meter.stop();
  return { ms, longTasks, tasks, heldBytes, heaps, ...reading };
}

/** Collects at each fifth of a running import; ends with it. */
async function lookDuring(context: BrowserContext, page: Page, files: number): Promise<HeldAt[]> {
  const browser = context.browser();
  if (!browser) throw new Error('Chromium has ended.');
  const looks: HeldAt[] = [];
  const meter = await startProcessMeter(browser);
  const session = await context.newCDPSession(page);
  for (let next = 1; next < LOOKS;) {
    await page.waitForTimeout(500);
    if (await page.getByTestId('import-summary').isVisible()) break;
    const done = Number(await page.getByTestId('import-progress').getAttribute('data-done'));
    if (LOOKS * done < next * files) continue;
    next++;
    const heaps = await collectGarbage(session);
    const { renderer, browser: main } = await meter.read();
    looks.push({ done, rendererBytes: renderer.endBytes, rendererOwnBytes: renderer.ownBytes, browserBytes: main.endBytes, heaps });
    console.log(`    ${heldLine(looks.at(-1))}`);
  }
  await session.detach();
  meter.stop();
  if (looks.length > 0) console.log(`    ${growthLine(looks)}`);
  return looks;
}

function heldLine(look: HeldAt | undefined): string {
  if (!look) return '';
  const sizes = `renderer ${megabytes(look.rendererBytes)}, its own ${megabytes(look.rendererOwnBytes)}, browser ${megabytes(look.browserBytes)} MB`;
  return `held with ${look.done} images stored: ${sizes}; ${heapsText(look.heaps)}`;
}

/** Flat is a slope of some hundred kilobytes: a packed line of 120 bytes is held for every stored image. */
function growthLine(looks: readonly HeldAt[]): string {
  const slope = (of: (look: HeldAt) => number) => growthPerTenThousand(looks.map((look) => ({ done: look.done, bytes: of(look) })));
  const text = (bytes: number | null) => (bytes === null ? 'unknown' : `${(bytes / 1e6).toFixed(1)} MB`);
  const parts = [
    `renderer's own ${text(slope((look) => look.rendererOwnBytes))}`,
    `its heaps and buffers ${text(slope(({ heaps }) => heaps.reduce((sum, heap) => sum + heap.usedBytes + heap.buffersBytes, 0)))}`,
    `browser ${text(slope((look) => look.browserBytes))}`,
  ];
  return `growth per 10,000 stored images: ${parts.join(', ')}`;
}

function heapsText(heaps: readonly HeldHeap[]): string {
  return heaps.map(({ thread, usedBytes, buffersBytes }) => `${thread} ${megabytes(usedBytes)} + ${megabytes(buffersBytes)}`).join(', ');
}

/** From the Data list to the end of the checks. */
async function runChecks(page: Page): Promise<void> {
  await page.getByTestId('checks-run').click({ timeout: HOUR });
  await page.locator('[data-testid=health-report]:not([data-compared=""])').waitFor({ timeout: HOUR });
}

async function openHealth(page: Page, address: string): Promise<void> {
  await page.goto(`${address}#/data`);
  const id = await page.getByTestId('dataset-card').getAttribute('data-dataset-id');
  await page.goto(`${address}#/data/${id}?tab=health`);
  await page.locator('[data-testid=checks-run]:enabled').waitFor({ timeout: HOUR });
}

async function measure(
  address: string,
  folder: string,
  way: ImportMemoryFigures['way'],
  { files, collects }: { files: number; collects: boolean },
): Promise<Omit<ImportMemoryFigures, 'files' | 'fileBytes'>> {
  const profile = await mkdtemp(join(tmpdir(), 'prpo-bench-profile-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath: findChromium(), args: CHROMIUM_FLAGS });
  try {
    await context.addInitScript(collectLongTasks);
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(address);
    await page.getByTestId('drop-zone').waitFor();
    const isTraced = files <= TRACED_FILES;
    const review = await measurePart(context, page, isTraced, () => dropFolder(page, folder, HOUR));
    await page.locator(`[data-testid=import-pictures][value=${way}]`).check();
    const summary = page.getByTestId('import-summary');
    let during: HeldAt[] = [];
    const importing = await measurePart(context, page, isTraced, async () => {
      await page.getByTestId('import-start').click();
      if (collects) during = await lookDuring(context, page, files);
      await summary.waitFor({ timeout: HOUR });
    });
    const imported = Number(await summary.getAttribute('data-imported'));
    await openHealth(page, address);
    const checks = await measurePart(context, page, isTraced, () => runChecks(page));
    return { way, review, import: importing, during, checks, imported, load: loadavg()[0] ?? 0 };
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

function partLine(name: string, files: number, { ms, longTasks, tasks, heldBytes, heaps, renderer, browser }: Part): string {
  const perThousand = (value: number) => ((1000 * value) / files).toFixed(0);
  const memory = `renderer ${megabytes(renderer.startBytes)}, at most ${megabytes(renderer.peakBytes)}, held ${megabytes(heldBytes)} (${heapsText(heaps)}), browser ${megabytes(browser.startBytes)}, at most ${megabytes(browser.peakBytes)} MB`;
  const processor = perThousand(renderer.processorMs + browser.processorMs);
  const traced = tasks ? `; by processor time ${tasks.long}, worst ${tasks.worstMs.toFixed(0)} ms` : '';
  return `    ${name.padEnd(7)} ${perThousand(ms)} ms a 1,000 files (processor ${processor}); ${memory}; ${longTasks.count} long tasks, worst ${longTasks.worstMs.toFixed(0)} ms${traced}`;
}

/** What is to be measured. */
export interface ImportMemoryOptions {
  /** Numbers of files. */
  sizes?: readonly number[] | undefined;
  /** Ways whose name contains this; all where it is empty. */
  only?: string;
  /** Collect garbage at each fifth of an import and say what is held. */
  collects?: boolean;
}

/** @param address of the served build */
export async function measureImportMemory(
  address: string,
  { sizes = SIZES, only = '', collects = false }: ImportMemoryOptions = {},
): Promise<ImportMemoryFigures[]> {
  console.log('\nimport and checks of a folder on disk: wall and processor time, resident size of the processes, long tasks of the page');
  const figures: ImportMemoryFigures[] = [];
  for (const files of sizes) {
    const folder = await mkdtemp(join(tmpdir(), 'prpo-bench-import-'));
    try {
      const fileBytes = await writeImportFolder(join(folder, 'set'), files);
      for (const way of WAYS.filter((one) => one.includes(only))) {
        const one = { files, fileBytes, ...(await measure(address, join(folder, 'set'), way, { files, collects })) };
        figures.push(one);
        console.log(`  ${files} files of ${megabytes(fileBytes)} MB, ${way}: ${one.imported} imported, load ${one.load.toFixed(1)}`);
        for (const name of ['review', 'import', 'checks'] as const) console.log(partLine(name, files, one[name]));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return figures;
}
