// The browser's decoder against Pillow's pixels, and the demo generator against Node's, in the real Chromium.
import { expect, test } from '@playwright/test';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { demoSample, type DemoKey } from '../../workers/data/demo/generate.ts';
import { renderPortrait } from '../../workers/data/demo/portrait.ts';
import { TensorFile } from '../parity/model-files.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/preprocess-a/', import.meta.url));

declare global {
  /** What image-entry.ts puts on the page. */
  var imageTest: typeof import('./image-entry.ts');
}

/** The bundled entry as one script. */
async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL('image-entry.ts', import.meta.url));
  const output = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'imageTest' } },
  });
  const [first] = Array.isArray(output) ? output : [output];
  const chunk = first !== undefined && 'output' in first ? first.output[0] : undefined;
  if (chunk === undefined) throw new Error('vite built nothing');
  return `${chunk.code}\nglobalThis.imageTest = imageTest;`;
}

test.use({ bypassCSP: true });

test.beforeEach(async ({ page }) => {
  await page.goto('/');
  await page.addScriptTag({ content: await bundle() });
});

test('every fixture file decodes to the bytes that Pillow gives', async ({ page }) => {
  const fixture: { cases: { file: string; decoding: string }[] } = JSON.parse(await readFile(`${FIXTURE}fixture.json`, 'utf8'));
  const outputs = await TensorFile.open(`${FIXTURE}outputs.safetensors`);
  for (const [index, { file, decoding }] of fixture.cases.entries()) {
    const bytes = [...(await readFile(`${FIXTURE}${file}`))];
    const got = await page.evaluate(
      async (data) => [...(await globalThis.imageTest.decodeInBrowser(new Uint8Array(data))).image.data],
      bytes,
    );
    const want = outputs.get(`decoded.${index}`).data;
    const difference = got.reduce((sum, value, i) => sum + Math.abs(value - (want[i] ?? NaN)), 0) / want.length;
    expect(got, file).toHaveLength(want.length);
    expect(difference, file).toBeLessThanOrEqual(decoding === 'equal' ? 0 : 1.5);
  }
});

test('demo portraits are the same bytes as in Node', async ({ page }) => {
  for (const domain of ['aster', 'birch', 'cedar', 'dahlia', 'elder'] as const) {
    const key: DemoKey = { seed: 7, domain, split: 'test', label: 'fake', index: 1 };
    const pixels = await page.evaluate((given) => {
      const { demoSample: sample, renderPortrait: render } = globalThis.imageTest;
      return [...render(sample(given).spec).data];
    }, key);
    const digest = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
    expect(digest(Uint8Array.from(pixels))).toBe(digest(renderPortrait(demoSample(key).spec).data));
  }
});
