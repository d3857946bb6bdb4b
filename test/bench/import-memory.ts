// npm run bench -- data, third part: how much memory an import takes. The files are on disk, the page is the built one; the figure is
// the greatest resident size of the renderer process (page and workers together), read from /proc. Flat means: it does not follow the
// bytes of the files. Needs a build and Linux.
import { encode } from 'fast-png';
import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { RandomStream } from '../../src/shared/random.ts';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.mjs';

const SIZES = [1_000, 10_000, 50_000];
/** A side of noise, so that the file does not shrink: about 28 kB. */
const SIDE = 96;
const MINUTE = 60_000;

export interface ImportMemoryFigures {
  files: number;
  fileBytes: number;
  /** Resident size of the renderer before the folder was given, and the most of it until the import ended. */
  startBytes: number;
  peakBytes: number;
  /** Images in the dataset afterwards. */
  imported: number;
}

/** One picture under many names: hard links, so that they take no room. @returns bytes of all of them */
async function writeFolder(folder: string, files: number): Promise<number> {
  const random = RandomStream.fromText('bench/import');
  const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => Math.floor(random.next() * 256));
  const png = encode({ width: SIDE, height: SIDE, data, channels: 3, depth: 8 });
  const first = join(folder, 'picture.png');
  await mkdir(folder, { recursive: true });
  await writeFile(first, png);
  for (const label of ['real', 'fake']) await mkdir(join(folder, 'set/aster/test', label), { recursive: true });
  for (let i = 0; i < files; i++) {
    await link(first, join(folder, 'set/aster/test', i % 2 ? 'fake' : 'real', `${String(i).padStart(6, '0')}.png`));
  }
  return files * png.byteLength;
}

/** A line of /proc/PID/status in bytes; 0 where there is none. */
async function memoryOf(pid: number, line: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return 1024 * Number(new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
}

/** The renderer that is at work: the largest one. */
async function rendererOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const sizes = await Promise.all(renderers.map((id) => memoryOf(id, 'VmRSS')));
  return renderers[sizes.indexOf(Math.max(...sizes))] ?? 0;
}

async function measure(address: string, files: number): Promise<ImportMemoryFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'prpo-bench-import-'));
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
  try {
    const fileBytes = await writeFolder(folder, files);
    const page = await browser.newPage();
    await page.goto(address);
    await page.getByTestId('drop-zone').waitFor();
    const pid = await rendererOf(browser);
    const startBytes = await memoryOf(pid, 'VmRSS');
    await page.getByTestId('directory-input').first().setInputFiles(join(folder, 'set'));
    await page.getByTestId('import-start').click({ timeout: 5 * MINUTE });
    const summary = page.getByTestId('import-summary');
    await summary.waitFor({ timeout: 60 * MINUTE });
    const imported = Number(await summary.getAttribute('data-imported'));
    return { files, fileBytes, startBytes, peakBytes: await memoryOf(pid, 'VmHWM'), imported };
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** @param address of the served build; `sizes` other numbers of files */
export async function measureImportMemory(address: string, sizes: readonly number[] = SIZES): Promise<ImportMemoryFigures[]> {
  console.log('\nmemory of an import: resident size of the renderer, page and workers together');
  const figures: ImportMemoryFigures[] = [];
  for (const files of sizes) {
    const one = await measure(address, files);
    figures.push(one);
    const { startBytes, peakBytes, fileBytes, imported } = one;
    const perFile = (peakBytes - startBytes) / files;
    console.log(
      `  ${files} files of ${megabytes(fileBytes)} MB, ${imported} imported: from ${megabytes(startBytes)} to at most ${megabytes(peakBytes)} MB, ${(perFile / 1000).toFixed(1)} kB a file, ${((100 * (peakBytes - startBytes)) / fileBytes).toFixed(1)} % of the files`,
    );
  }
  return figures;
}
