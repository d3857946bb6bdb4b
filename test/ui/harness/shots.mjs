// Screenshots and axe of the result pages over the harness: node test/ui/harness/shots.mjs OUT_DIR [name ...]
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';
import { CHROMIUM_FLAGS, findChromium } from '../../support/chromium.mjs';

const [, , outDir = 'shots', ...only] = process.argv;
const SAMPLE = '/inspect/demo-1/aster%2Ftest%2Ffake%2F';
const PAGES = {
  'eval-list': { hash: '/eval' },
  'eval-new': { hash: '/eval/new' },
  'eval-report': { hash: '/eval/eval-done', wait: 2500 },
  'eval-part': { hash: '/eval/eval-part', wait: 1500 },
  'eval-missing': { hash: '/eval/nothing' },
  inspect: { hash: 'SAMPLE', wait: 800 },
  'inspect-map': { hash: 'SAMPLE', wait: 800, keys: ['o'] },
  'inspect-reference': { hash: 'SAMPLE?tab=reference', wait: 800 },
  'inspect-tokens': { hash: 'SAMPLE?tab=tokens', wait: 800 },
  'inspect-group': { hash: 'SAMPLE?tab=group', wait: 800, click: 'Sample 8 answers', after: 3500 },
  'inspect-compare': { hash: 'SAMPLE?tab=compare', wait: 800 },
  'inspect-live': { hash: 'SAMPLE', wait: 600, testid: 'inspect-run', after: 1500 },
  'train-list': { hash: '/train' },
  'train-new': { hash: '/train/new', wait: 1200 },
  'run-done': { hash: '/run/run-prpo', wait: 2500 },
  'run-interrupted': { hash: '/run/run-new', wait: 2000 },
  'run-live': { hash: '/run/run-new', wait: 1500, testid: 'train-resume', after: 4000 },
  compare: { hash: '/compare?runs=run-prpo,run-grpo', wait: 2500 },
};

const server = await createServer({ server: { port: 5391, strictPort: true, hmr: false, headers: {} }, logLevel: 'error' });
await server.listen();
const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
mkdirSync(outDir, { recursive: true });

async function samplePath(page) {
  const files = await page.evaluate(async () => {
    const request = indexedDB.open('prpo-workbench');
    const db = await new Promise((done) => (request.onsuccess = () => done(request.result)));
    const all = db.transaction('answers').objectStore('answers').getAllKeys();
    return new Promise((done) => (all.onsuccess = () => done(all.result.map(([, id]) => id))));
  });
  const id = files.find((file) => file.includes('aster/test/fake')) ?? files[0];
  return SAMPLE.replace(/aster.*/, '') + encodeURIComponent(id.replace('demo-1/', ''));
}

async function serious(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} x${nodes.length}: ${nodes[0]?.html.slice(0, 140)} | ${nodes[0]?.any?.[0]?.message ?? ''}`);
}

let failures = 0;
for (const [scheme, width] of [
  ['light', 1440],
  ['dark', 1440],
  ['light', 900],
]) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.log(`page error: ${error.message}`));
  page.on(
    'console',
    (message) =>
      message.type() === 'error' &&
      !message.text().includes('Failed to load resource') &&
      console.log(`console: ${message.text().slice(0, 300)}`),
  );
  await page.goto('http://localhost:5391/test/ui/harness/index.html?pace=200', { timeout: 180_000, waitUntil: 'commit' });
  await page.waitForSelector('html[data-ready]', { timeout: 240_000 });
  const sample = await samplePath(page);
  for (const [name, { hash, wait = 700, keys = [], testid, click, after = 0 }] of Object.entries(PAGES)) {
    if (only.length > 0 && !only.includes(name)) continue;
    await page.evaluate((next) => (location.hash = next), hash.replace('SAMPLE', sample));
    await page.waitForTimeout(wait);
    for (const key of keys) await page.keyboard.press(key);
    if (testid) await page.click(`[data-testid=${testid}]`);
    if (click) await page.click(`text=${click}`);
    await page.waitForTimeout(after + (keys.length > 0 ? 400 : 0));
    const problems = await serious(page);
    failures += problems.length;
    console.log(`${name} ${scheme} ${width}: ${problems.length === 0 ? 'axe ok' : problems.join('\n   ')}`);
    const height = await page.evaluate(() => Math.min(4200, Math.max(900, (document.querySelector('main')?.scrollHeight ?? 900) + 60)));
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(1100);
    await page.screenshot({ path: `${outDir}/${name}-${scheme}-${width}.png` });
    await page.setViewportSize({ width, height: 900 });
  }
  await context.close();
}
await browser.close();
await server.close();
console.log(`${failures} serious axe findings`);
process.exitCode = failures > 0 ? 1 : 0;
