// npm run sample-data -- OUT_DIR [--seed N] [--per-class N]: writes the synthetic demo benchmark as a DF-R5 folder.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encode } from 'fast-png';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { demoSample, type DemoKey } from '../data/demo/generate.ts';
import { renderPortrait } from '../data/demo/portrait.ts';
import { demoKeys, demoPath, questionRow, trainRow } from '../data/demo/rows.ts';

/** What to write and where. */
export interface SampleDataOptions {
  outDir: string;
  seed: number;
  /** Images per domain, split and label. */
  perClass: number;
}

const USAGE = 'Use: npm run sample-data -- OUT_DIR [--seed N] [--per-class N]';

function readCount(text: string, name: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new WorkbenchError('E-CONFIG', `--${name} must be a whole number of at least ${least}, got "${text}".`, { remedy: USAGE });
}

/** Reads the command line. @throws WorkbenchError E-CONFIG */
export function parseSampleDataArguments(args: string[]): SampleDataOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { seed: { type: 'string', default: '1' }, 'per-class': { type: 'string', default: '20' } },
  });
  const [outDir] = positionals;
  if (outDir === undefined || positionals.length > 1)
    throw new WorkbenchError('E-CONFIG', 'One output folder is needed.', { remedy: USAGE });
  return { outDir, seed: readCount(values.seed, 'seed', 0), perClass: readCount(values['per-class'], 'per-class', 1) };
}

function readme({ seed, perClass }: SampleDataOptions): string {
  return [
    '# Synthetic demo data of PRPO Workbench',
    '',
    'Every picture here is drawn by a program. Nobody in them exists, and the five domains (aster, birch, cedar, dahlia,',
    'elder) are inventions that imitate no product. This is not DF-R5 and no number measured on it says anything about',
    'DF-R5; it has the same layout so that the same tools can read it.',
    '',
    `Made with seed ${seed}, ${perClass} images per domain, split and label. The same seed gives the same bytes.`,
    '',
    '- `<domain>/{train,val,test}/{fake,real}/NNNNNN.png`: 128 x 128 RGB',
    '- `train.json`: LLaVA rows of the train split with `binary_label`',
    '- `test_questions.jsonl`: one question per image of the test split',
    '- `artefacts.json`: what was really drawn into each image, with its strength (0 to 1.1)',
    '',
  ].join('\n');
}

async function writeImage(outDir: string, key: DemoKey): Promise<void> {
  const path = join(outDir, demoPath(key));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, encode({ ...renderPortrait(demoSample(key).spec), channels: 3, depth: 8 }));
}

/** Writes the folder. @returns the number of images */
export async function writeSampleData(options: SampleDataOptions): Promise<number> {
  const { outDir, seed, perClass } = options;
  const keys = [...demoKeys(seed, perClass)];
  for (const key of keys) await writeImage(outDir, key);
  const rows = keys.filter(({ split }) => split === 'train').map(trainRow);
  const questions = keys.filter(({ split }) => split === 'test').map(questionRow);
  const artefacts = Object.fromEntries(keys.map((key) => [demoPath(key), demoSample(key).artefacts]));
  await writeFile(join(outDir, 'train.json'), `${JSON.stringify(rows, null, 1)}\n`);
  await writeFile(join(outDir, 'test_questions.jsonl'), questions.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await writeFile(join(outDir, 'artefacts.json'), `${JSON.stringify(artefacts, null, 1)}\n`);
  await writeFile(join(outDir, 'README.md'), readme(options));
  return keys.length;
}

async function main(): Promise<void> {
  const options = parseSampleDataArguments(process.argv.slice(2));
  const count = await writeSampleData(options);
  console.log(`Wrote ${count} synthetic images, train.json, test_questions.jsonl and artefacts.json to ${options.outDir}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    const advice = error instanceof WorkbenchError ? ` ${error.remedy ?? ''}` : '';
    console.error(`${error instanceof Error ? error.message : String(error)}${advice}`);
    process.exitCode = 1;
  });
}
