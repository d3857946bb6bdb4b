// Starts peers as workers of one page in Chromium: built by Vite, served with isolation headers.
import { chromium, type Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';
import { ISOLATION_HEADERS } from '../../../workers/node/server-headers.mjs';
import { buildKernels } from '../../../workers/node/build-kernels.ts';
import { CHROMIUM_FLAGS, findChromium } from '../../support/chromium.mjs';
import type { Channel, Launcher } from './host-client.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
/** Vulkan for the real adapter of a Linux machine. */
const GPU_FLAGS = ['--enable-features=Vulkan', '--use-angle=vulkan', '--ignore-gpu-blocklist'];

/** @param gpu use the machine's own adapter instead of the software one */
export async function launchChromium(gpu: boolean): Promise<Launcher> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium was found; install it or set CHROMIUM_PATH, or use --where node.');
  buildKernels();
  const outDir = await mkdtemp(join(tmpdir(), 'prpo-bench-'));
  await bundle(outDir);
  const server = await preview({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 4391, headers: ISOLATION_HEADERS },
  });
  const args = gpu ? [...CHROMIUM_FLAGS.filter((flag) => !flag.startsWith('--use-webgpu-adapter')), ...GPU_FLAGS] : CHROMIUM_FLAGS;
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}page.html`);
  await page.waitForFunction(() => globalThis.bench !== undefined);
  const isolated = await page.evaluate(() => globalThis.bench.isolated);
  let next = 0;
  return {
    description: `Chromium ${browser.version()}, one worker per peer, ${isolated ? 'cross-origin isolated' : 'NOT isolated: one thread each'}`,
    launch: () => launchWorker(page, next++),
    close: async () => {
      await browser.close();
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

/** Not minified: tfjs-backend-wasm hands the text of a function to its threads, which relies on a name outside it. */
async function bundle(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: ROOT,
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'esnext',
      minify: false,
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: { input: join(ROOT, 'page.html') },
    },
  });
}

async function launchWorker(page: Page, id: number): Promise<Channel> {
  await page.evaluate((worker) => globalThis.bench.launch(worker), id);
  return {
    send: (request) => page.evaluate(({ worker, message }) => globalThis.bench.call(worker, message), { worker: id, message: request }),
    close: () => page.evaluate((worker) => globalThis.bench.close(worker), id),
  };
}
