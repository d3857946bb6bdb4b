// Runs a command with its output shown as it comes, and keeps the last lines for a summary.
import { spawn } from 'node:child_process';
import { ROOT } from '../../workers/node/prepare.mjs';

const KEPT_BYTES = 64_000;

/** Runs `command` in the repository. Resolves to whether it succeeded and the last `lines` lines of its output, in the order they came. */
export function runWithTail(command, args, lines) {
  return new Promise((resolve) => {
    let kept = '';
    const child = spawn(command, args, { cwd: ROOT, stdio: ['inherit', 'pipe', 'pipe'] });
    const end = (ok) => resolve({ ok, tail: kept.trimEnd().split('\n').slice(-lines) });
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.setEncoding('utf8').on('data', (text) => {
        to.write(text);
        kept = (kept + text).slice(-KEPT_BYTES);
      });
    }
    child.on('error', (error) => {
      kept += `${command} could not be started: ${error.message}\n`;
      end(false);
    });
    child.on('close', (status) => end(status === 0));
  });
}
