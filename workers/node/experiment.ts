// `npm run experiment -- lodo [--seeds N] [--benchmark N,M] [--domains a,b] [--methods A,B] [--json FILE]`: leave-one-domain-out on the
// synthetic demo benchmark. Resumable: every finished cell is kept under .cache. Prints Markdown tables, and what several benchmarks say
// together.
// `explain` in place of `lodo` trains the same cells anew and prints, in counts, what their answers get wrong and what changed.
// `--candidates PRPO@1e-4,PRPO@3e-4,...` adds each algorithm at its own best candidate, chosen for a held-out domain on all OTHER
// domains (`--choice-domains`) of the development benchmark (`--choice-benchmark`, seed 1), never on the tested one.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEMO_DOMAINS, type DemoDomain } from '../data/demo/domains.ts';
import { chooseCandidate, type CandidateScore } from './experiment/choice.ts';
import { explainFold } from './experiment/explain-fold.ts';
import { runLodo, type LodoCell } from './experiment/lodo.ts';
import { algorithmOf, methodNamed, type Method } from './experiment/methods.ts';
import { pooledGain } from './experiment/pooled.ts';
import { averageGain, cellF1, lodoTable, seedRangeTable, trueClaimsTable } from './experiment/table.ts';
import { loadSimdNode } from './load-simd.ts';
import { createNanoParts } from './pretrain/nano.ts';
import { RECIPE } from './pretrain/recipe.ts';
import { createLog } from './pretrain/stages.ts';
import type { Workbench } from './pretrain/train-model.ts';
import { trainTowers } from './pretrain/train-towers.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1' },
    benchmark: { type: 'string', default: '1' },
    domains: { type: 'string', default: DEMO_DOMAINS.join(',') },
    methods: { type: 'string', default: 'SFT,PRPO,GRPO' },
    candidates: { type: 'string', default: '' },
    'choice-benchmark': { type: 'string', default: '1' },
    'choice-domains': { type: 'string', default: DEMO_DOMAINS.join(',') },
    json: { type: 'string' },
  },
});
if (positionals[0] !== 'lodo' && positionals[0] !== 'explain')
  throw new Error('usage: npm run experiment -- lodo|explain [--seeds N] [--benchmark N,M] [--domains a,b] [--methods A,B] [--json FILE]');

const log = createLog();
await loadSimdNode({ threads: Number(process.env.PRETRAIN_THREADS ?? 2) });
const parts = createNanoParts();
const towers = await trainTowers(parts, RECIPE.towers, log);
const bench: Workbench = { parts, towers, towerRecipe: RECIPE.towers, recipe: RECIPE.language, log };
const sizes = { testPerClass: 200, trainPerClass: 600 };
const fixed = listOf(values.methods).map(methodNamed);
const candidates = listOf(values.candidates).map(methodNamed);
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const scores = await scoreCandidates();
const domains = listOf(values.domains).map(domainNamed);
for (const domain of domains) log(`held out ${domain}: ${ownMethods(domain).map(({ name }) => name).join(', ') || 'nothing to choose'}`); // prettier-ignore
if (positionals[0] === 'explain') await explainFolds();
else await compareMethods();

/** The named methods, and the chosen ones of a held-out domain. */
function methodsFor(heldOut: DemoDomain): Method[] {
  return [...fixed, ...ownMethods(heldOut).filter(({ name }) => !fixed.some((one) => one.name === name))];
}

/** Trains the cells anew and prints what their answers get wrong. */
async function explainFolds(): Promise<void> {
  for (const benchmarkSeed of listOf(values.benchmark).map(Number))
    for (const domain of domains)
      await explainFold(bench, { ...sizes, benchmarkSeed, seeds, domains, methods: methodsFor }, domain, (line) => console.log(line));
}

/** The tables, from finished cells where there are any. */
async function compareMethods(): Promise<void> {
  const tables = new Map<number, LodoCell[]>();
  for (const benchmarkSeed of listOf(values.benchmark).map(Number)) {
    const cells = await runLodo(bench, { ...sizes, benchmarkSeed, seeds, domains, methods: methodsFor });
    const table = [...cells.filter(({ method }) => fixed.some(({ name }) => name === method)), ...cells.flatMap(ownCell)];
    tables.set(benchmarkSeed, table);
    const lines = comparisons(table).map(([method, base]) => averageGain(table, method, base));
    console.log(
      [`\nBenchmark ${benchmarkSeed}`, lodoTable(table), seedRangeTable(table), trueClaimsTable(table), lines.join('\n')].join('\n\n'),
    );
  }
  if (tables.size > 1) {
    const together = comparisons([...tables.values()].flat()).map(([method, base]) => pooledGain(tables, method, base));
    console.log(`\nBenchmarks ${[...tables.keys()].join(', ')} together\n\n${together.join('\n')}`);
  }
  if (values.json) {
    const benchmarks = [...tables].map(([benchmark, cells]) => ({ benchmark, cells }));
    writeFileSync(values.json, `${JSON.stringify({ seeds, scores, benchmarks }, null, 1)}\n`);
  }
}

/** The candidates on the development benchmark, with the same policy seeds as the table. */
async function scoreCandidates(): Promise<CandidateScore[]> {
  if (candidates.length === 0) return [];
  const cells = await runLodo(bench, {
    ...sizes,
    benchmarkSeed: Number(values['choice-benchmark']),
    seeds,
    domains: listOf(values['choice-domains']).map(domainNamed),
    methods: () => candidates,
  });
  return cells.map((cell) => ({ domain: cell.domain, method: cell.method, f1: cellF1(cell) }));
}

/** Each algorithm at the candidate that the other domains prefer. */
function ownMethods(heldOut: DemoDomain): Method[] {
  const algorithms = [...new Set(candidates.map(({ name }) => algorithmOf(name)))];
  return algorithms.map((algorithm) => methodNamed(chooseCandidate(scores, algorithm, heldOut)));
}

/** A cell under its algorithm's name in the rows of own settings. */
function ownCell(cell: LodoCell): LodoCell[] {
  const chosen = ownMethods(cell.domain).some(({ name }) => name === cell.method);
  return chosen ? [{ ...cell, method: `${algorithmOf(cell.method)}, own rate` }] : [];
}

/** Every method over the supervised start, and every PRPO over every GRPO. */
function comparisons(rows: readonly LodoCell[]): [method: string, base: string][] {
  const methods = [...new Set(rows.map(({ method }) => method))];
  const basesOf = (method: string): string[] => [
    ...(method === 'SFT' ? [] : methods.filter((other) => other === 'SFT')),
    ...(method.startsWith('PRPO') ? methods.filter((other) => other.startsWith('GRPO')) : []),
  ];
  return methods.flatMap((method) => basesOf(method).map((base): [string, string] => [method, base]));
}

function listOf(text: string): string[] {
  return text.split(',').filter((item) => item !== '');
}

function domainNamed(name: string): DemoDomain {
  const domain = DEMO_DOMAINS.find((one) => one === name);
  if (!domain) throw new Error(`Unknown domain ${name}; known are ${DEMO_DOMAINS.join(', ')}.`);
  return domain;
}
