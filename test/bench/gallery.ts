// npm run bench -- data, second part: the built page in Chromium with 100,000 stored images. How long until the first picture, what a
// click on a facet costs, and how long frames take while the gallery scrolls. Needs a build (npm run build).
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { median } from '../../src/shared/metrics/averages.ts';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.mjs';
import { measureImportMemory, type ImportMemoryFigures, type ImportMemoryOptions } from './import-memory.ts';

const ROOT = join(import.meta.dirname, '../..');
const PORT = 4397;
const SCROLL_MS = 6000;

export interface GalleryFigures {
  count: number;
  /** From the address to the first picture drawn. */
  firstPictureMs: number;
  /** From a click on a facet to its number of images on the page. */
  facetMs: number;
  /** While the gallery scrolls by 2,000 pixels a second. */
  frames: { medianMs: number; p95Ms: number; worstMs: number; longShare: number };
}

async function serve(dist: string): Promise<ChildProcess> {
  const server = spawn('node', ['workers/node/start.mjs', '--no-build', '--port', String(PORT), '--dist', dist], {
    cwd: ROOT,
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(`http://localhost:${PORT}/`).then(({ ok }) => ok).catch(() => false)) return server; // prettier-ignore
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  server.kill();
  throw new Error('The page was not served.');
}

/** Writes records and thumbnails as an import would, without decoding 100,000 files. */
function fill(page: Page, count: number): Promise<void> {
  return page.evaluate(async (count) => {
    const open = indexedDB.open('prpo-workbench');
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      open.onsuccess = () => resolve(open.result);
      open.onerror = () => reject(open.error ?? new Error('not opened'));
    });
    const canvas = new OffscreenCanvas(128, 128);
    const context = canvas.getContext('2d');
    const pictures: Blob[] = [];
    for (let i = 0; i < 64; i++) {
      if (context) context.fillStyle = `hsl(${i * 6} 60% 60%)`;
      context?.fillRect(i, i, 64, 64);
      pictures.push(await canvas.convertToBlob({ type: 'image/webp' }));
    }
    const splits = ['train', 'val', 'test'];
    const id = 'bench';
    for (let start = 0; start < count; start += 2000) {
      const transaction = db.transaction(['samples', 'thumbnails'], 'readwrite');
      for (let i = start; i < Math.min(count, start + 2000); i++) {
        const [split, label] = [splits[i % 3] ?? 'train', i % 2 === 0 ? 'real' : 'fake'];
        const path = `domain${i % 5}/${split}/${label}/${String(i).padStart(6, '0')}.png`;
        const answer = '**Skin**: The cheeks look waxy and pores are missing.\n\n### Answer: fake';
        const file = {
          width: 128,
          height: 128,
          sizeBytes: 9000,
          format: 'png',
          exifOrientation: 1,
          sha256: String(i),
          problems: [],
          tags: [],
        };
        const sample = { id: `${id}/${path}`, datasetId: id, path, domain: `domain${i % 5}`, split, label, ...file };
        transaction.objectStore('samples').put({ ...sample, annotation: { question: '<image>', answer, binaryLabel: 1, source: 'bench' } });
        transaction.objectStore('thumbnails').put({ id: sample.id, datasetId: id, blob: pictures[i % 64] });
      }
      await new Promise((resolve) => (transaction.oncomplete = resolve));
    }
    const counts = [0, 1, 2, 3, 4].map((n) => ({ domain: `domain${n}`, split: 'train', label: 'real', count: count / 5 }));
    const totals = { imageCount: count, annotationCount: count, sizeBytes: count * 9000, counts };
    const record = { id, name: 'Bench', createdAt: 1, source: 'folder', synthetic: false, state: 'ready', contentHash: 'bench', ...totals };
    const transaction = db.transaction(['datasets'], 'readwrite');
    transaction.objectStore('datasets').put(record);
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    db.close();
  }, count);
}

/** Frame times while the gallery scrolls down evenly. */
async function scroll(page: Page): Promise<GalleryFigures['frames']> {
  const times = await page.evaluate(async (forMs) => {
    const scroller = document.querySelector('[data-gallery-scroller]');
    const times: number[] = [];
    const began = performance.now();
    for (let last = began; last - began < forMs;) {
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      scroller?.scrollBy(0, 2 * (now - last));
      times.push(now - last);
      last = now;
    }
    return times.slice(1);
  }, SCROLL_MS);
  const sorted = times.toSorted((a, b) => a - b);
  const p95Ms = sorted[Math.floor(0.95 * sorted.length)] ?? 0;
  return { medianMs: median(times), p95Ms, worstMs: sorted.at(-1) ?? 0, longShare: times.filter((ms) => ms > 50).length / times.length };
}

async function measure(page: Page, count: number): Promise<GalleryFigures> {
  await page.goto(`http://localhost:${PORT}/#/data`);
  await page.getByTestId('drop-zone').waitFor();
  await fill(page, count);
  const began = performance.now();
  await page.goto(`http://localhost:${PORT}/?again#/data/bench`);
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>('[data-testid=gallery-item] img')?.complete, null, {
    timeout: 120_000,
  });
  const firstPictureMs = performance.now() - began;
  await page.waitForTimeout(1000);
  // No named functions inside: the runner of this file would wrap them in a helper that the page has not.
  const facetMs = await page.evaluate(async () => {
    const total = document.querySelector('[data-testid=gallery-count]');
    const before = total?.getAttribute('data-value');
    const began = performance.now();
    document.querySelector<HTMLInputElement>('[data-testid=filter-split] input[value=val]')?.click();
    while (total?.getAttribute('data-value') === before) await new Promise((resolve) => setTimeout(resolve));
    return performance.now() - began;
  });
  return { count, firstPictureMs, facetMs, frames: await scroll(page) };
}

export interface PageDataFigures {
  gallery: GalleryFigures[];
  imports: ImportMemoryFigures[];
}

/** @returns null without a build */
export async function measureGallery(imports: ImportMemoryOptions): Promise<PageDataFigures | null> {
  const dist = process.env['E2E_DIST'] ?? join(ROOT, 'dist');
  if (!existsSync(join(dist, 'index.html'))) {
    console.log('\nThe gallery was not measured: there is no build. Run `npm run build` first.');
    return null;
  }
  const server = await serve(dist);
  try {
    const gallery = 'gallery'.includes(imports.only ?? '') ? await measureGalleries() : [];
    return { gallery, imports: await measureImportMemory(`http://localhost:${PORT}/`, imports) };
  } finally {
    server.kill();
  }
}

async function measureGalleries(): Promise<GalleryFigures[]> {
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
  const figures: GalleryFigures[] = [];
  console.log('\ngallery of the built page in Chromium, wall time');
  try {
    for (const count of [10_000, 100_000]) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
      const one = await measure(await context.newPage(), count);
      await context.close();
      figures.push(one);
      const { medianMs, p95Ms, worstMs, longShare } = one.frames;
      console.log(
        `  ${count} images: first picture ${(one.firstPictureMs / 1000).toFixed(2)} s, facet ${one.facetMs.toFixed(0)} ms; frames while scrolling: median ${medianMs.toFixed(1)}, 95 % ${p95Ms.toFixed(1)}, worst ${worstMs.toFixed(0)} ms, ${(longShare * 100).toFixed(1)} % above 50 ms`,
      );
    }
    return figures;
  } finally {
    await browser.close();
  }
}
