// `npm run parity -- DIR [--backend webgpu|simd] [--json FILE]`: compares this project with reference numbers.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createBackendStarter } from './backend.ts';
import { findFixtures, formatResult, runFixture } from './runner.ts';
import type { FixtureResult } from './runner.ts';

const USAGE = 'usage: npm run parity -- DIR [--backend webgpu|simd] [--json FILE]';

interface Options {
  folder: string;
  backend: 'webgpu' | 'simd';
  json: string | undefined;
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { backend: { type: 'string', default: 'simd' }, json: { type: 'string' } },
  });
  const { backend, json } = values;
  const folder = positionals[0];
  if (folder === undefined || positionals.length > 1) throw new Error(`one folder is needed; ${USAGE}`);
  if (backend !== 'webgpu' && backend !== 'simd') throw new Error(`--backend is webgpu or simd, got ${backend}; ${USAGE}`);
  return { folder, backend, json };
}

async function runAll(options: Options): Promise<FixtureResult[]> {
  const useBackend = createBackendStarter(options.backend);
  const results: FixtureResult[] = [];
  for (const path of await findFixtures(options.folder)) {
    const result = await runFixture(path, useBackend);
    results.push(result);
    console.log(formatResult(result));
  }
  return results;
}

async function main(): Promise<number> {
  const options = readOptions();
  const results = await runAll(options);
  if (options.json !== undefined) await writeFile(options.json, JSON.stringify({ backend: options.backend, results }, null, 1));
  const failed = results.filter((result) => !result.ok).length;
  if (results.length === 0) console.error(`no fixture.json below ${options.folder}`);
  else console.log(`${results.length - failed} of ${results.length} fixtures passed`);
  return results.length > 0 && failed === 0 ? 0 : 1;
}

// Compute threads of a backend may still be alive, so the process is ended here.
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
