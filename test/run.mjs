// npm test: sets up what is missing, then runs every check one after another and sums up. Ends with 1 when any failed.
import { ensureInstalled, requireNode } from '../workers/node/prepare.mjs';
import { findChromium, installChromium } from './support/chromium.mjs';
import { runWithTail } from './support/run-with-tail.mjs';

requireNode();

/** Name, npm script, and what must have succeeded before. */
const CHECKS = [
  { name: 'types', script: 'check' },
  { name: 'lint', script: 'lint' },
  { name: 'unit', script: 'test:unit' },
  { name: 'build', script: 'build' },
  { name: 'gpu numerics', script: 'test:gpu' },
  { name: 'end to end', script: 'test:e2e', needs: ['build', 'chromium'] },
];

/** Lines of a failed check that are shown again at the end, where a log cut short still holds them. */
const TAIL_LINES = 24;

const results = new Map();

const heading = (name) => console.log(`\n=== ${name} ${'='.repeat(Math.max(0, 66 - name.length))}\n`);

async function check(name, work) {
  heading(name);
  const started = Date.now();
  const { ok, tail = [] } = await work();
  results.set(name, { ok, tail, seconds: Math.round((Date.now() - started) / 1000) });
  return ok;
}

function setUpChromium() {
  const path = findChromium() ?? installChromium();
  if (path) console.log(`Chromium: ${path}`);
  else
    console.error(
      'No Chromium was found. Install it with `sudo apt-get install chromium`, or set CHROMIUM_PATH to a full Chromium or Chrome.',
    );
  return { ok: Boolean(path) };
}

function runScript({ script, needs = [] }) {
  const missing = needs.filter((need) => !results.get(need)?.ok);
  if (missing.length === 0) return runWithTail('npm', ['run', '--silent', script], TAIL_LINES);
  console.error(`Not run, because this failed: ${missing.join(', ')}.`);
  return { ok: false };
}

if (await check('packages', () => ({ ok: ensureInstalled() }))) {
  await check('chromium', setUpChromium);
  for (const one of CHECKS) await check(one.name, () => runScript(one));
}

const failed = [...results].filter(([, { ok }]) => !ok);
for (const [name, { tail }] of failed) {
  if (tail.length === 0) continue;
  heading(`${name} failed; it ended with`);
  console.log(tail.join('\n'));
}

heading('summary');
for (const [name, { ok, seconds }] of results) console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(14)} ${seconds} s`);
console.log(failed.length === 0 ? '\nAll checks passed.' : `\n${failed.length} failed.`);
process.exitCode = failed.length === 0 ? 0 : 1;
