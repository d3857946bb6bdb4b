// Where Chromium is, how to get it, and the flags that tests start it with.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A software WebGPU adapter, no sandbox (containers), and no traffic of the browser's own. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-background-networking',
  '--disable-sync',
  '--disable-component-update',
  '--no-first-run',
];

const PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Path of a full Chromium or Chrome: CHROMIUM_PATH, or one of the usual places; undefined where there is none. */
export function findChromium() {
  return [process.env.CHROMIUM_PATH, ...PATHS].find((path) => path && existsSync(path));
}

/** Installs Debian's Chromium where that is allowed without asking. Returns its path, or undefined. */
export function installChromium() {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args) => {
    const [command = '', ...rest] = [...sudo, 'apt-get', ...args];
    return spawnSync(command, rest, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;
  };
  if (!existsSync('/usr/bin/apt-get')) return undefined;
  return apt('update') && apt('install', '-y', '--no-install-recommends', 'chromium') ? findChromium() : undefined;
}
