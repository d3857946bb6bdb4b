// Products for real GPUs: 64 x 64 or 32 x 32 outputs a workgroup through workgroup memory, or, for few rows, eight lanes a column.
import type { WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslRunner } from '../../backends/webgpu/wgsl-runner.ts';
import { lanesFor, unroll } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import { baseOf, depthOf, namesOf, perOutput, threadText } from './matmul-job.ts';
import type { JobNames, OutputNames, ProductJob, ThreadText } from './matmul-job.ts';
import { storeGated, storeNarrow } from './matmul-store.ts';
import { groupsFor } from './wgsl-call.ts';

const FEW_ROWS = 16;

/** Any layout and sizes. */
export function runShared(runner: WgslRunner, job: ProductJob): void {
  const fewRows =
    !job.transposeA && job.transposeB && !job.gated && job.outputs.every(({ m, terms }) => m <= FEW_ROWS && terms.length === 1);
  if (fewRows) runReduce(runner, job);
  else runTiles(runner, job);
}

const DEPTH = 16;
const LARGE_TILE = 64;
const SMALL_TILE = 32;
/** Fewer workgroups than this leave parts of a GPU idle: take smaller tiles. */
const ENOUGH_GROUPS = 96;

/** Workgroups with tiles of `width` by `height` outputs. */
function groupsOf(job: ProductJob, width: number, height: number): [number, number, number] {
  const [n, m] = [Math.max(...job.outputs.map((output) => output.n)), Math.max(...job.outputs.map((output) => output.m))];
  return [groupsFor(n, width), groupsFor(m, height), depthOf(job)];
}

function runTiles(runner: WgslRunner, job: ProductJob): void {
  const many = groupsOf(job, LARGE_TILE, LARGE_TILE).reduce((product, n) => product * n, 1) >= ENOUGH_GROUPS;
  const tile = many ? LARGE_TILE : SMALL_TILE;
  const names = namesOf(job, 'f32', 'f32');
  runner.run({
    key: `matmul tiles ${tile} ${job.transposeA} ${job.transposeB}${names.key}`,
    build: () => tilesProgram(job, names, tile),
    tensors: names.tensors,
    uniforms: names.values,
    groups: groupsOf(job, tile, tile),
  });
}

function tilesProgram(job: ProductJob, names: JobNames, tile: number): WgslProgram {
  const across = tile / 4;
  const threads = across * across;
  const text: ThreadText = {
    sums: (output, name) => `
  ${unroll(4, (i) => `var ${name}${i} = vec4f();`)}
  ${output.terms.map((term) => tileLoop({ ...term, ...output, sum: name, job, tile, threads })).join('\n')}`,
    store: (output) => `
  ${unroll(4, (i) => `if (r + ${i} < ${output.M}) { ${storeNarrow(job, { output, value: `sum${i}`, row: i })} }`)}`,
    storeGated: (gate, up) => `
  ${unroll(4, (i) => `if (r + ${i} < ${gate.M}) { ${storeGated(false, [gate, up], i)} }`)}`,
  };
  const body = `
  let row0 = i32(wid.y) * ${tile};
  let column0 = i32(wid.x) * ${tile};
  let mine = vec2i(lane % ${across}, lane / ${across}) * 4;
  let c = column0 + mine.x;
  let r = row0 + mine.y;
  ${threadText(job, names, text)}`;
  const declarations = ['tileA', 'tileB'].map((name) => `var<workgroup> ${name}: array<f32, ${tile * DEPTH}>;`).join('\n');
  return { slots: names.slots, uniforms: names.uniforms, workgroup: [threads, 1, 1], declarations, body };
}

interface TileLoop {
  A: string;
  B: string;
  K: string;
  M: string;
  N: string;
  sum: string;
  job: ProductJob;
  tile: number;
  threads: number;
}

/** The barrier at the end lets the next loop fill the same tiles. */
function tileLoop({ A, B, K, M, N, sum, job, tile, threads }: TileLoop): string {
  const { transposeA, transposeB } = job;
  const a = `${baseOf(job, 'A')} + ${transposeA ? `k * ${M} + outer` : `outer * ${K} + k`}`;
  const b = `${baseOf(job, 'B')} + ${transposeB ? `outer * ${K} + k` : `k * ${N} + outer`}`;
  return `for (var k0 = 0; k0 < ${K}; k0 += ${DEPTH}) {
    for (var i = lane; i < ${tile * DEPTH}; i += ${threads}) {
      ${loadTile({ name: 'tileA', tile, matrix: A, origin: 'row0', limit: M, K, kInner: !transposeA, index: a })}
      ${loadTile({ name: 'tileB', tile, matrix: B, origin: 'column0', limit: N, K, kInner: transposeB, index: b })}
    }
    workgroupBarrier();
    for (var k = 0; k < ${DEPTH}; k++) {
      let at = k * ${tile} + mine;
      ${fourOf('x', 'tileA', 'at.y')}
      ${fourOf('w', 'tileB', 'at.x')}
      ${unroll(4, (i) => `${sum}${i} += x[${i}] * w;`)}
    }
    workgroupBarrier();
  }`;
}

interface TileLoad {
  name: string;
  tile: number;
  matrix: string;
  origin: string;
  limit: string;
  K: string;
  /** k is the inner axis of the matrix. */
  kInner: boolean;
  index: string;
}

/** Neighbouring threads read neighbouring addresses: along k where k is the inner axis of the matrix, else along the outer one. */
function loadTile({ name, tile, matrix, origin, limit, K, kInner, index }: TileLoad): string {
  const [k, outer] = kInner ? [`i % ${DEPTH}`, `i / ${DEPTH}`] : [`i / ${tile}`, `i % ${tile}`];
  return `{
        let k = k0 + ${k};
        let outer = ${origin} + ${outer};
        let inside = k < ${K} && outer < ${limit};
        ${name}[(k - k0) * ${tile} + outer - ${origin}] = select(0.0, ${matrix}[select(0, ${index}, inside)], inside);
      }`;
}

const fourOf = (name: string, tile: string, at: string): string =>
  `let ${name} = vec4f(${tile}[${at}], ${tile}[${at} + 1], ${tile}[${at} + 2], ${tile}[${at} + 3]);`;

// ---- reduce: few rows, B given as [N, K] ----

function runReduce(runner: WgslRunner, job: ProductJob): void {
  const lanes = lanesFor(...job.outputs.flatMap(({ terms }) => terms.map(({ k }) => k)));
  const names = namesOf(job, lanes.element, 'f32');
  runner.run({
    key: `matmul reduce ${lanes.key}${names.key}`,
    build: () => reduceProgram(job, names, lanes),
    tensors: names.tensors,
    uniforms: names.values,
    groups: groupsOf(job, 8, 4),
  });
}

/** 8 columns x 8 lanes per workgroup; a lane sums every eighth element of K for four rows at once. */
function reduceProgram(job: ProductJob, names: JobNames, lanes: Lanes): WgslProgram {
  const one = (output: OutputNames): string => {
    const { M, N, out, terms } = output;
    const [{ A, B, K } = { A: '', B: '', K: '' }] = terms;
    return `
  let count = ${K} / ${lanes.size};
  let b = ${baseOf(job, 'B')} + min(c, ${N} - 1) * count;
  ${unroll(4, (i) => `let a${i} = ${baseOf(job, 'A')} + min(r + ${i}, ${M} - 1) * count;`)}
  var sum = vec4f();
  for (var k = lane % 8; k < count; k += 8) {
    let w = ${B}[b + k];
    sum += vec4f(${[0, 1, 2, 3].map((i) => lanes.dot(`${A}[a${i} + k]`, 'w')).join(', ')});
  }
  shares[lane] = sum;
  workgroupBarrier();
  if (lane % 8 != 0 || c >= ${N}) { return; }
  for (var i = 1; i < 8; i++) { sum += shares[lane + i]; }
  for (var i = 0; i < min(4, ${M} - r); i++) {
    let at = ${baseOf(job, 'Out')} + (r + i) * ${N} + c;
    ${out}[at] = sum[i]${job.bias ? ' + Bias[c]' : ''}${job.residual ? ' + Residual[at]' : ''};
  }`;
  };
  const body = `
  let c = i32(wid.x) * 8 + lane / 8;
  let r = i32(wid.y) * 4;
  ${perOutput(job, names, one)}`;
  const declarations = 'var<workgroup> shares: array<vec4f, 64>;';
  return { slots: names.slots, uniforms: names.uniforms, workgroup: [64, 1, 1], declarations, body };
}
