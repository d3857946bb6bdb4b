// `npm run experiment -- lodo [--seeds N] [--benchmark N] [--domains a,b] [--json FILE] [--quick]`: leave-one-domain-out on the
// synthetic demo benchmark. Resumable: every finished cell is kept under .cache. Prints a Markdown table.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEMO_DOMAINS, type DemoDomain } from '../data/demo/domains.ts';
import { policyConfig, runLodo, type LodoOptions, type Method } from './experiment/lodo.ts';
import { averageGain, lodoTable } from './experiment/table.ts';
import { loadSimdNode } from './load-simd.ts';
import { createNanoParts } from './pretrain/nano.ts';
import { RECIPE } from './pretrain/recipe.ts';
import { createLog } from './pretrain/stages.ts';
import { trainTowers } from './pretrain/train-towers.ts';

/** The methods of the table; every setting that is not the paper's is in the name. */
const METHODS: Method[] = [
  { name: 'SFT', config: null },
  { name: 'PRPO', config: policyConfig('prpo') },
  { name: 'GRPO', config: policyConfig('grpo') },
  { name: 'GRPO-lr3e-4', config: policyConfig('grpo', { learningRate: 3e-4 }) },
  { name: 'PRPO-lr3e-4-finalVCRmean', config: policyConfig('prpo', { learningRate: 3e-4, finalParagraphVcr: 'mean-of-others' }) },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1' },
    benchmark: { type: 'string', default: '1' },
    domains: { type: 'string', default: DEMO_DOMAINS.join(',') },
    methods: { type: 'string', default: 'SFT,PRPO,GRPO' },
    json: { type: 'string' },
  },
});
if (positionals[0] !== 'lodo') throw new Error('usage: npm run experiment -- lodo [--seeds N] [--benchmark N] [--domains a,b] [--methods A,B] [--json FILE]');

const log = createLog();
await loadSimdNode({ threads: Number(process.env.PRETRAIN_THREADS ?? 2) });
const parts = createNanoParts();
const towers = await trainTowers(parts, RECIPE.towers, log);
const options: LodoOptions = {
  benchmarkSeed: Number(values.benchmark),
  seeds: Array.from({ length: Number(values.seeds) }, (_, i) => i + 1),
  domains: values.domains.split(',').map(domainNamed),
  methods: values.methods.split(',').map(methodNamed),
  testPerClass: 200,
  trainPerClass: 600,
};
const cells = await runLodo({ parts, towers, towerRecipe: RECIPE.towers, recipe: RECIPE.language, log }, options);
console.log(`\n${lodoTable(cells)}\n\n${averageGain(cells)}`);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ options, cells }, null, 1)}\n`);

function domainNamed(name: string): DemoDomain {
  const domain = DEMO_DOMAINS.find((one) => one === name);
  if (!domain) throw new Error(`Unknown domain ${name}; known are ${DEMO_DOMAINS.join(', ')}.`);
  return domain;
}

function methodNamed(name: string): Method {
  const method = METHODS.find((one) => one.name === name);
  if (!method) throw new Error(`Unknown method ${name}; known are ${METHODS.map((one) => one.name).join(', ')}.`);
  return method;
}
