// `npm run pretrain`: trains the built-in models from synthetic pictures and writes them under public/models. Seeded; every
// finished stage is kept under .cache and read again, so an interrupted run goes on where it stopped.
import { writeFileSync } from 'node:fs';
import { DEMO_DOMAINS, type DemoDomain } from '../data/demo/domains.ts';
import type { Detector } from '../ml/model/detector.ts';
import { dxLlavaParameters } from '../ml/model/parameters.ts';
import { methodNamed } from './experiment/methods.ts';
import { runPolicy } from './experiment/policy-run.ts';
import { loadSimdNode } from './load-simd.ts';
import { evaluateDetector, type DetectorReport } from './pretrain/evaluate.ts';
import { benchmarkKeys } from './pretrain/image-keys.ts';
import { drawingHash } from './pretrain/images.ts';
import { createNanoParts } from './pretrain/nano.ts';
import { RECIPE, TEST_SEED, TRAIN_SEED } from './pretrain/recipe.ts';
import { saveModel, type ModelCard } from './pretrain/save-model.ts';
import { createLog, loadStage, saveWeights, stageFile } from './pretrain/stages.ts';
import { createDetector, disposeDetector, labelledSet, tunedDetector, type Workbench } from './pretrain/train-model.ts';
import { trainTowers } from './pretrain/train-towers.ts';

/** Pictures per domain and label of the test on the unseen seed. */
const TEST_PER_CLASS = 100;
const HELD_OUT: DemoDomain = 'dahlia';

const log = createLog();
await loadSimdNode({ threads: Number(process.env.PRETRAIN_THREADS ?? 2) });
const parts = createNanoParts();
const towers = await trainTowers(parts, RECIPE.towers, log);
const bench: Workbench = { parts, towers, towerRecipe: RECIPE.towers, recipe: RECIPE.language, log };

const NOTE = 'Trained by this project on the synthetic demo benchmark';
const others = DEMO_DOMAINS.filter((domain) => domain !== HELD_OUT);

await build(await tunedDetector(bench, DEMO_DOMAINS, TRAIN_SEED), {
  id: 'dx-llava-nano',
  name: 'DX-LLaVA nano',
  note: `${NOTE}.`,
  heldOut: null,
});
await build(await tunedDetector(bench, others, TRAIN_SEED), {
  id: `dx-llava-nano-without-${HELD_OUT}`,
  name: `DX-LLaVA nano, never saw ${HELD_OUT}`,
  note: `${NOTE}; no picture of the domain ${HELD_OUT} was used.`,
  heldOut: HELD_OUT,
});
await build(await adaptedDetector(), {
  id: `dx-llava-nano-prpo-${HELD_OUT}`,
  name: `DX-LLaVA nano, PRPO on ${HELD_OUT}`,
  note: `${NOTE}: supervised on the other four domains, then PRPO on pictures of ${HELD_OUT} without their labels.`,
  heldOut: null, // its pictures were seen, though not their labels
});

/** The held-out model after the experiment's PRPO run on the held-out domain's unlabelled pictures; or its file. */
async function adaptedDetector(): Promise<Detector> {
  const { config } = methodNamed('PRPO');
  if (!config) throw new Error('PRPO has settings.');
  const file = stageFile(`prpo-${HELD_OUT}`, [RECIPE, config, TRAIN_SEED, drawingHash(), parts.config, parts.clipConfig]);
  const known = await loadStage(file, dxLlavaParameters(parts.config));
  if (known) return createDetector(bench, known);
  const detector = await tunedDetector(bench, others, TRAIN_SEED);
  const { set } = await labelledSet(detector, benchmarkKeys(TRAIN_SEED, [HELD_OUT], 'train', RECIPE.language.tune.perClass));
  await runPolicy(detector, set, { ...config, seed: 1 }, log);
  await saveWeights(file, detector.model.weights);
  return detector;
}

/** Evaluates a detector on the unseen seed, writes it and frees it. */
async function build(detector: Detector, card: Omit<ModelCard, 'metrics'>): Promise<void> {
  const { id } = card;
  const { set, labels, domains: domainOf } = await labelledSet(detector, benchmarkKeys(TEST_SEED, DEMO_DOMAINS, 'test', TEST_PER_CLASS));
  const report = await evaluateDetector(detector, set, labels, domainOf);
  const metrics = headline(report);
  log(`${id} ${JSON.stringify(metrics)}`);
  for (const region of report.regions)
    log(
      `${region.region.padEnd(13)} true ${percent(region.truth)} (chance ${percent(region.chance)}), artefact named ${percent(region.named)} (chance ${percent(region.namedByChance)})`,
    );
  for (const { text } of report.answers.slice(0, 2)) log(`\n${text}`);
  await saveModel(detector, towers, parts, { ...card, metrics });
  writeFileSync(
    new URL(`../../public/models/${id}/report.json`, import.meta.url),
    `${JSON.stringify({ metrics, domains: report.evaluation.parsed_only.domains, regions: report.regions, phrases: towers.accuracy, trainSeed: TRAIN_SEED, testSeed: TEST_SEED }, null, 2)}\n`,
  );
  disposeDetector(detector);
}

function headline({ evaluation, parsedShare, headAccuracy }: DetectorReport): Record<string, number> {
  const { f1, acc, precision, recall, domains } = evaluation.parsed_only;
  const perDomain = Object.entries(domains).map(([domain, values]) => [`f1_${domain}`, values.f1 ?? 0] as const);
  return {
    f1: f1 ?? 0,
    accuracy: acc ?? 0,
    precision: precision ?? 0,
    recall: recall ?? 0,
    parsed: parsedShare,
    head_accuracy: headAccuracy,
    ...Object.fromEntries(perDomain),
  };
}

function percent(value: number): string {
  return `${(100 * value).toFixed(0)} %`;
}
