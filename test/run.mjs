// npm test: sets up what is missing, then runs every check one after another and sums up. Ends with 1 when any failed.
import { ensureInstalled, requireNode, run } from '../workers/node/prepare.mjs';
import { findChromium, installChromium } from './support/chromium.mjs';

requireNode();

/** Name, npm arguments, and what must have succeeded before. */
const CHECKS = [
  { name: 'types', script: 'check' },
  { name: 'lint', script: 'lint' },
  { name: 'unit', script: 'test:unit' },
  { name: 'build', script: 'build' },
  { name: 'gpu numerics', script: 'test:gpu' },
  { name: 'end to end', script: 'test:e2e', needs: ['build', 'chromium'] },
];

const results = new Map();

function check(name, work) {
  console.log(`\n=== ${name} ${'='.repeat(Math.max(0, 66 - name.length))}\n`);
  const started = Date.now();
  const ok = work();
  results.set(name, { ok, seconds: Math.round((Date.now() - started) / 1000) });
  return ok;
}

function setUpChromium() {
  const path = findChromium() ?? installChromium();
  if (path) console.log(`Chromium: ${path}`);
  else
    console.error(
      'No Chromium was found. Install it with `sudo apt-get install chromium`, or set CHROMIUM_PATH to a full Chromium or Chrome.',
    );
  return Boolean(path);
}

if (check('packages', ensureInstalled)) {
  check('chromium', setUpChromium);
  for (const { name, script, needs = [] } of CHECKS) {
    const missing = needs.filter((need) => !results.get(need)?.ok);
    check(name, () => {
      if (missing.length === 0) return run('npm', ['run', '--silent', script]);
      console.error(`Not run, because this failed: ${missing.join(', ')}.`);
      return false;
    });
  }
}

console.log(`\n=== summary ${'='.repeat(59)}\n`);
for (const [name, { ok, seconds }] of results) console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(14)} ${seconds} s`);
const failed = [...results.values()].filter(({ ok }) => !ok).length;
console.log(failed === 0 ? '\nAll checks passed.' : `\n${failed} failed.`);
process.exit(failed === 0 ? 0 : 1);
