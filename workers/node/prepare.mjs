// What both commands do first: check Node, install what the lock file says. Runs without any package.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const OLDEST_NODE = [20, 19];

/** Ends the process with a plain message on an older Node. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(
    `PRPO Workbench needs Node ${OLDEST_NODE.join('.')} or newer; this is Node ${process.versions.node}. Install it from https://nodejs.org and try again.`,
  );
  process.exit(1);
}

/** Runs a command in the repository with its output shown; returns whether it succeeded. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
  if (error) console.error(`${command} could not be started: ${error.message}`);
  return status === 0;
}

/** `npm ci` where the installed packages are not those of the lock file. Returns whether all is installed. */
export function ensureInstalled() {
  if (isInstalled()) return true;
  console.log('Installing packages from the lock file (npm ci) ...');
  return run('npm', ['ci', '--no-audit', '--no-fund']);
}

/** Compares npm's own record of what it installed with the lock file. Packages of other platforms may be absent. */
function isInstalled() {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages('node_modules/.package-lock.json');
  return (
    Boolean(wanted && installed) &&
    Object.entries(wanted).every(([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version)
  );
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), 'utf8')).packages;
  } catch {
    return null; // missing or broken: install
  }
}
