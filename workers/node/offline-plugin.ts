// Writes the service worker of a build: the files that it keeps, a version that changes with any of them, the server's headers.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { PRODUCTION_HEADERS } from './server-headers.mjs';

const ENTRY = fileURLToPath(new URL('../offline/service-worker.ts', import.meta.url));
const FILE = 'service-worker.js';
/** Not needed for a first visit without a network; kept by the page once used. */
const LEFT_OUT = [/^models\/(?!index\.json|dx-llava-nano\/)/, /\.map$/, /^service-worker\.js$/];

/** Paths below a built folder that work without a network, `./` for its page, and a hash over names and contents. */
export async function offlineFiles(outDir: string): Promise<{ files: string[]; version: string }> {
  const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(outDir.length + 1)
        .replaceAll(sep, '/'),
    ) // prettier-ignore
    .filter((path) => !LEFT_OUT.some((rule) => rule.test(path)))
    .sort();
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\0`).update(await readFile(join(outDir, path)));
  return { files: paths.map((path) => (path === 'index.html' ? './' : path)), version: hash.digest('hex').slice(0, 16) };
}

/** The plugin; in development there is no service worker. */
export function offlinePlugin(): Plugin {
  let outDir = '';
  return {
    name: 'prpo-offline',
    apply: 'build',
    configResolved: ({ root, build: { outDir: configured } }) => {
      outDir = join(configured.startsWith(sep) ? '' : root, configured).replace(/[\\/]$/, '');
    },
    closeBundle: async () => {
      const { files, version } = await offlineFiles(outDir);
      await writeFile(join(outDir, FILE), await serviceWorkerCode(files, version));
    },
  };
}

async function serviceWorkerCode(files: readonly string[], version: string): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    define: {
      OFFLINE_FILES: JSON.stringify(files),
      OFFLINE_VERSION: JSON.stringify(version),
      OFFLINE_HEADERS: JSON.stringify(PRODUCTION_HEADERS),
    },
    build: { write: false, target: 'es2024', lib: { entry: ENTRY, formats: ['iife'], name: 'offline' } },
  });
  const [first] = Array.isArray(output) ? output : [output];
  const chunk = first !== undefined && 'output' in first ? first.output[0] : undefined;
  if (chunk === undefined) throw new Error('The service worker was not built.');
  return chunk.code;
}
