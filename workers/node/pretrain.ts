// `npm run pretrain [-- --towers-only]`: trains the built-in models from synthetic pictures. Seeded; every finished stage
// is kept under .cache and read again, so an interrupted run goes on where it stopped.
import { loadSimdNode } from './load-simd.ts';
import { createNanoParts } from './pretrain/nano.ts';
import { RECIPE } from './pretrain/recipe.ts';
import { createLog } from './pretrain/stages.ts';
import { trainTowers } from './pretrain/train-towers.ts';

const log = createLog();
await loadSimdNode({ threads: Number(process.env.PRETRAIN_THREADS ?? 2) });
const parts = createNanoParts();
await trainTowers(parts, RECIPE.towers, log);
