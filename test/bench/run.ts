// npm run bench: how fast the project is, beside what else runs the same work in a browser. Never a test: nothing fails on a time.
import { writeFile } from 'node:fs/promises';
import { measureDataPage } from './data-page.ts';
import { measureGallery } from './gallery.ts';
import type { Launcher } from './hosts/host-client.ts';
import { nodeLauncher } from './hosts/launch-node.ts';
import { machine } from './machine.ts';
import { measureMemory } from './memory.ts';
import { readOptions, type BenchOptions } from './options.ts';
import { measureSpeed } from './speed.ts';

async function openLauncher({ where, gpu }: BenchOptions): Promise<Launcher> {
  if (where === 'node') return nodeLauncher;
  return (await import('./hosts/launch-chromium.ts')).launchChromium(gpu);
}

/** Undefined: the bench's own. */
function importSizes({ images, quick }: BenchOptions): number[] | undefined {
  if (images !== null) return [images];
  return quick ? [100, 1000] : undefined;
}

async function measure(options: BenchOptions): Promise<unknown> {
  if (options.command === 'data') return measureData(options);
  if (options.command === 'page') return (await import('./page.ts')).measurePage(options.dist);
  if (options.command === 'precision') return (await import('./precision.ts')).measurePrecision(options.quick ? 10 : 100);
  const launcher = await openLauncher(options);
  console.log(launcher.description);
  try {
    return options.command === 'memory' ? await measureMemoryAndEstimates(launcher, options) : await measureSpeed(launcher, options);
  } finally {
    await launcher.close();
  }
}

async function measureData(options: BenchOptions): Promise<unknown> {
  const { only, collect } = options;
  const figures = 'filter'.includes(only) ? measureDataPage() : {};
  return { ...figures, page: await measureGallery({ sizes: importSizes(options), only, collects: collect }) };
}

async function measureMemoryAndEstimates(launcher: Launcher, options: BenchOptions): Promise<unknown> {
  const { measureEstimates } = await import('./estimate.ts'); // puts a null device in place of WebGPU in this process
  return {
    endurance: await measureMemory(launcher, options),
    estimates: await measureEstimates(options),
  };
}

/** A wrong command line gets the usage, not a stack. */
function optionsOrExit(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

const options = optionsOrExit();
const before = machine();
console.log(`${before.cpu}, ${before.cores} cores, load ${before.load.join(' ')}; ${Object.entries(before.versions).map((entry) => entry.join(' ')).join(', ')}`); // prettier-ignore
const result = await measure(options);
const after = machine();
console.log(`\nload at the end ${after.load.join(' ')}`);
if (options.json !== null) {
  await writeFile(options.json, `${JSON.stringify({ options, machine: before, loadAfter: after.load, result }, null, 2)}\n`);
  console.log(`written to ${options.json}`);
}
process.exit();
