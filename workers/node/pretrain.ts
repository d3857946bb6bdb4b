// `npm run pretrain`: trains the built-in models from synthetic pictures and writes them under public/models. Seeded; every
// finished stage is kept under .cache and read again, so an interrupted run goes on where it stopped.
import { writeFileSync } from 'node:fs';
import { DEMO_DOMAINS, type DemoDomain } from '../data/demo/domains.ts';
import { loadSimdNode } from './load-simd.ts';
import { evaluateDetector, type DetectorReport } from './pretrain/evaluate.ts';
import { benchmarkKeys } from './pretrain/images.ts';
import { createNanoParts } from './pretrain/nano.ts';
import { RECIPE, TEST_SEED, TRAIN_SEED } from './pretrain/recipe.ts';
import { saveModel, type ModelCard } from './pretrain/save-model.ts';
import { createLog } from './pretrain/stages.ts';
import { disposeDetector, labelledSet, tunedDetector, type Workbench } from './pretrain/train-model.ts';
import { trainTowers } from './pretrain/train-towers.ts';

/** Pictures per domain and label of the test on the unseen seed. */
const TEST_PER_CLASS = 100;
const HELD_OUT: DemoDomain = 'dahlia';

const log = createLog();
await loadSimdNode({ threads: Number(process.env.PRETRAIN_THREADS ?? 2) });
const parts = createNanoParts();
const towers = await trainTowers(parts, RECIPE.towers, log);
const bench: Workbench = { parts, towers, towerRecipe: RECIPE.towers, recipe: RECIPE.language, log };

await build('dx-llava-nano', 'DX-LLaVA nano', DEMO_DOMAINS, null);
await build(`dx-llava-nano-without-${HELD_OUT}`, `DX-LLaVA nano, never saw ${HELD_OUT}`, DEMO_DOMAINS.filter((domain) => domain !== HELD_OUT), HELD_OUT);

/** Trains one model, evaluates it on the unseen seed and writes it. */
async function build(id: string, name: string, domains: readonly DemoDomain[], heldOut: DemoDomain | null): Promise<void> {
  const detector = await tunedDetector(bench, domains, TRAIN_SEED);
  const { set, labels, domains: domainOf } = await labelledSet(detector, benchmarkKeys(TEST_SEED, DEMO_DOMAINS, 'test', TEST_PER_CLASS));
  const report = await evaluateDetector(detector, set, labels, domainOf);
  const metrics = headline(report);
  log(`${id} ${JSON.stringify(metrics)}`);
  for (const region of report.regions) log(`${region.region.padEnd(13)} true ${percent(region.truth)} (chance ${percent(region.chance)}), artefact named ${percent(region.named)} (chance ${percent(region.namedByChance)})`);
  for (const { text } of report.answers.slice(0, 2)) log(`\n${text}`);
  const note = `Trained by this project on the synthetic demo benchmark${heldOut ? `; no labelled picture of the domain ${heldOut} was used` : ''}.`;
  await saveModel(detector, towers, parts, { id, name, note, heldOut, metrics } satisfies ModelCard);
  writeFileSync(new URL(`../../public/models/${id}/report.json`, import.meta.url), `${JSON.stringify({ metrics, domains: report.evaluation.parsed_only.domains, regions: report.regions, phrases: towers.accuracy, trainSeed: TRAIN_SEED, testSeed: TEST_SEED }, null, 2)}\n`);
  disposeDetector(detector);
}

function headline({ evaluation, parsedShare, headAccuracy }: DetectorReport): Record<string, number> {
  const { f1, acc, precision, recall, domains } = evaluation.parsed_only;
  const perDomain = Object.entries(domains).map(([domain, values]) => [`f1_${domain}`, values.f1 ?? 0] as const);
  return { f1: f1 ?? 0, accuracy: acc ?? 0, precision: precision ?? 0, recall: recall ?? 0, parsed: parsedShare, head_accuracy: headAccuracy, ...Object.fromEntries(perDomain) };
}

function percent(value: number): string {
  return `${(100 * value).toFixed(0)} %`;
}
