// Leave one domain out: supervised on four domains, then PRPO or GRPO on the fifth without labels, all tested on the fifth.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TrainConfig } from '../../../src/shared/config/config.ts';
import type { Label } from '../../../src/shared/domain/sample.ts';
import { DEMO_DOMAINS, type DemoDomain } from '../../data/demo/domains.ts';
import type { Detector } from '../../ml/model/detector.ts';
import { evaluateDetector } from '../pretrain/evaluate.ts';
import { benchmarkKeys } from '../pretrain/image-keys.ts';
import { drawingHash } from '../pretrain/images.ts';
import { disposeDetector, labelledSet, tunedDetector, type Workbench } from '../pretrain/train-model.ts';
import type { Method } from './methods.ts';
import { explainAnswer, type ExplainedAnswer } from './explain.ts';
import { runPolicy, type PolicyLog } from './policy-run.ts';

const CACHE = fileURLToPath(new URL('../../../.cache/experiments/', import.meta.url));

export interface LodoOptions {
  /** Benchmark that is trained and tested on. */
  benchmarkSeed: number;
  /** Seeds of the policy runs. */
  seeds: number[];
  domains: readonly DemoDomain[];
  /** The methods to compare where a domain is held out. */
  methods: (heldOut: DemoDomain) => readonly Method[];
  testPerClass: number;
  trainPerClass: number;
}

/** One cell of the table with the answers it comes from, so that intervals can be drawn later. */
export interface LodoCell {
  domain: DemoDomain;
  method: string;
  seed: number;
  /** Unparsed answers count as errors, also in the accuracy. */
  f1: number;
  accuracy: number;
  parsed: number;
  trueClaims: number;
  labels: Label[];
  predictions: (Label | null)[];
  steps: PolicyLog[];
}

/** All cells; finished ones are read from disk. */
export async function runLodo(bench: Workbench, options: LodoOptions): Promise<LodoCell[]> {
  const cells: LodoCell[] = [];
  for (const domain of options.domains) cells.push(...(await runFold(bench, options, domain)));
  return cells;
}

async function runFold(bench: Workbench, options: LodoOptions, domain: DemoDomain): Promise<LodoCell[]> {
  const cells: LodoCell[] = [];
  for (const method of options.methods(domain)) {
    for (const seed of method.config ? options.seeds : options.seeds.slice(0, 1)) {
      const file = `${CACHE}lodo-${domain}-${method.name}-${seed}-${recipeHash(bench, options, method)}.json`;
      const cell = existsSync(file)
        ? (JSON.parse(readFileSync(file, 'utf8')) as LodoCell)
        : await runCell(bench, options, domain, method, seed);
      mkdirSync(CACHE, { recursive: true });
      writeFileSync(file, JSON.stringify(cell));
      bench.log(
        `${domain} ${method.name} seed ${seed}: F1 ${(100 * cell.f1).toFixed(1)}, accuracy ${(100 * cell.accuracy).toFixed(1)}, parsed ${(100 * cell.parsed).toFixed(1)}, true claims ${(100 * cell.trueClaims).toFixed(1)}`,
      );
      cells.push(cell);
    }
  }
  return cells;
}

function recipeHash(bench: Workbench, { benchmarkSeed, testPerClass, trainPerClass }: LodoOptions, method: Method): string {
  return createHash('sha256').update(JSON.stringify([bench.towerRecipe, bench.recipe, bench.parts.config, drawingHash(), benchmarkSeed, testPerClass, trainPerClass, method.config])).digest('hex').slice(0, 12); // prettier-ignore
}

async function runCell(bench: Workbench, options: LodoOptions, domain: DemoDomain, method: Method, seed: number): Promise<LodoCell> {
  return (await explainCell(bench, options, domain, method, seed)).cell;
}

/** A cell with what its answers say. */
export interface ExplainedCell {
  cell: LodoCell;
  /** Test pictures, in the order of the cell's labels. */
  answers: ExplainedAnswer[];
  /** Answers of each training step. */
  training: ExplainedAnswer[][];
}

/** Trains and tests a cell anew, whatever is on disk: the files hold no texts. */
export async function explainCell(
  bench: Workbench,
  options: LodoOptions,
  domain: DemoDomain,
  { name, config }: Method,
  seed: number,
): Promise<ExplainedCell> {
  const others = DEMO_DOMAINS.filter((one) => one !== domain);
  const detector = await tunedDetector(bench, others, options.benchmarkSeed);
  try {
    const { steps, training } = config ? await adapt(bench, options, domain, detector, { ...config, seed }) : { steps: [], training: [] };
    const { answers, ...figures } = await test(detector, options, domain);
    return { cell: { ...figures, domain, method: name, seed, steps }, answers, training };
  } finally {
    disposeDetector(detector);
  }
}

/** Policy optimisation on the held-out domain's training pictures; their labels are read for `training` alone, after each step. */
async function adapt(
  bench: Workbench,
  { benchmarkSeed, trainPerClass }: LodoOptions,
  domain: DemoDomain,
  detector: Detector,
  config: TrainConfig,
): Promise<{ steps: PolicyLog[]; training: ExplainedAnswer[][] }> {
  const { set, labels } = await labelledSet(detector, benchmarkKeys(benchmarkSeed, [domain], 'train', trainPerClass));
  const training: ExplainedAnswer[][] = [];
  const steps = await runPolicy(detector, set, config, bench.log, (completions, indices) =>
    training.push(
      completions.map(({ text, scored, group }) => {
        const picture = indices[group] ?? 0;
        return explainAnswer(text, scored, labels[picture] ?? 'real', set.artefacts[picture] ?? []);
      }),
    ),
  );
  return { steps, training };
}

async function test(
  detector: Detector,
  { benchmarkSeed, testPerClass }: LodoOptions,
  domain: DemoDomain,
): Promise<Omit<LodoCell, 'domain' | 'method' | 'seed' | 'steps'> & Pick<ExplainedCell, 'answers'>> {
  const { set, labels, domains } = await labelledSet(detector, benchmarkKeys(benchmarkSeed, [domain], 'test', testPerClass));
  const { evaluation, parsedShare, regions, answers } = await evaluateDetector(detector, set, labels, domains);
  return {
    f1: evaluation.unparsed_wrong.f1 ?? 0,
    accuracy: evaluation.unparsed_wrong.acc ?? 0,
    parsed: parsedShare,
    trueClaims: regions.reduce((sum, { truth }) => sum + truth, 0) / regions.length,
    labels,
    predictions: answers.map(({ scored }) => scored.predict),
    answers: answers.map(({ text, scored }, i) => explainAnswer(text, scored, labels[i] ?? 'real', set.artefacts[i] ?? [])),
  };
}
