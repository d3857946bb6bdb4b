// Products without workgroup memory, for software adapters: each thread owns four or eight rows by four columns in registers.
import type { WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslRunner } from '../../backends/webgpu/wgsl-runner.ts';
import { unroll } from './lanes.ts';
import { baseOf, depthOf, namesOf, threadText } from './matmul-job.ts';
import type { JobNames, OutputNames, ProductJob, ThreadText } from './matmul-job.ts';
import { storeGated, storeNarrow, storeWide } from './matmul-store.ts';
import { groupsFor } from './wgsl-call.ts';

type LayoutName = 'NT' | 'NN' | 'TN' | 'TT';

const layoutOf = ({ transposeA, transposeB }: ProductJob): LayoutName => `${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`;

/** Any sizes: vectors of four where every load is aligned. */
export function runRows(runner: WgslRunner, job: ProductJob): void {
  const layout = layoutOf(job);
  if (layout !== 'TT' && job.outputs.every((output) => hasFullVectors(layout, output))) runVectors(runner, job, layout);
  else runStrided(runner, job);
}

function hasFullVectors(layout: LayoutName, { m, n, terms }: ProductJob['outputs'][number]): boolean {
  const kFits = terms.every(({ k }) => k % 4 === 0);
  if (layout === 'NT') return kFits;
  if (layout === 'NN') return kFits && n % 4 === 0;
  return m % 4 === 0 && n % 4 === 0;
}

const ROWS = 4;
/** Where A is transposed: one vec4 of it holds four rows, so a taller tile costs few loads. */
const TALL_ROWS = 8;

const most = (job: ProductJob, of: 'm' | 'n'): number => Math.max(...job.outputs.map((output) => output[of]));

/** The first row and column lie outside: nothing to do. */
const leave = ({ M, N }: OutputNames): string => `
  if (c >= ${N} || r >= ${M}) { return; }`;

interface Tile {
  rows: number;
  /** Threads of a workgroup. */
  threads: [number, number];
  /** Whole vectors are stored. */
  wide: boolean;
}

function tileOf(job: ProductJob): Tile {
  const m = most(job, 'm');
  const rows = job.transposeA ? (m >= 64 ? TALL_ROWS : ROWS) : m < ROWS ? 1 : ROWS;
  return { rows, threads: m <= 2 * ROWS ? [32, 1] : [8, 8], wide: job.outputs.every(({ n }) => n % 4 === 0) };
}

function runVectors(runner: WgslRunner, job: ProductJob, layout: 'NT' | 'NN' | 'TN'): void {
  const tile = tileOf(job);
  const { rows, wide } = tile;
  const [x, y] = tile.threads;
  const names = namesOf(job, 'vec4f', wide ? 'vec4f' : 'f32');
  runner.run({
    key: `matmul rows ${layout} ${rows} ${x} ${wide}${names.key}`,
    build: () => vectorsProgram(job, names, layout, tile),
    tensors: names.tensors,
    uniforms: names.values,
    groups: [groupsFor(most(job, 'n'), 4 * x), groupsFor(most(job, 'm'), rows * y), depthOf(job)],
  });
}

function vectorsProgram(job: ProductJob, names: JobNames, layout: 'NT' | 'NN' | 'TN', { rows, threads, wide }: Tile): WgslProgram {
  const storeRow = wide ? storeWide : storeNarrow;
  const text: ThreadText = {
    leave,
    sums: (output, name) => `
  ${unroll(rows, (i) => `var ${name}${i} = vec4f();`)}
  ${output.terms.map((term) => LOOPS[layout](rows, { ...term, ...output, sum: name, job })).join('\n')}`,
    store: (output) => `
  ${unroll(rows, (i) => `if (r + ${i} < ${output.M}) { ${storeRow(job, { output, value: `sum${i}`, row: i })} }`)}`,
    storeGated: (gate, up) => `
  ${unroll(rows, (i) => `if (r + ${i} < ${gate.M}) { ${storeGated(wide, [gate, up], i)} }`)}`,
  };
  const body = `
  let c = i32(gid.x) * 4;
  let r = i32(gid.y) * ${rows};
  ${threadText(job, names, text)}`;
  return { slots: names.slots, uniforms: names.uniforms, workgroup: [...threads, 1], body };
}

interface Loop {
  A: string;
  B: string;
  K: string;
  M: string;
  N: string;
  /** Prefix of the registers. */
  sum: string;
  job: ProductJob;
}

const LOOPS = {
  NT: (rows: number, { A, B, K, M, N, sum, job }: Loop): string => `{
    let count = ${K} / 4;
    ${unroll(rows, (i) => `let a${i} = ${baseOf(job, 'A')} + min(r + ${i}, ${M} - 1) * count;`)}
    ${unroll(4, (j) => `let b${j} = ${baseOf(job, 'B')} + min(c + ${j}, ${N} - 1) * count;`)}
    for (var k = 0; k < count; k++) {
      ${unroll(4, (j) => `let w${j} = ${B}[b${j} + k];`)}
      ${unroll(rows, (i) => `{ let x = ${A}[a${i} + k]; ${sum}${i} += vec4f(dot(x, w0), dot(x, w1), dot(x, w2), dot(x, w3)); }`)}
    }
  }`,
  NN: (rows: number, { A, B, K, M, N, sum, job }: Loop): string => `{
    let count = ${K} / 4;
    let stride = ${N} / 4;
    ${unroll(rows, (i) => `let a${i} = ${baseOf(job, 'A')} + min(r + ${i}, ${M} - 1) * count;`)}
    var b = ${baseOf(job, 'B')} + c / 4;
    for (var k = 0; k < count; k++) {
      ${unroll(4, (j) => `let w${j} = ${B}[b + ${j} * stride];`)}
      b += 4 * stride;
      ${unroll(rows, (i) => `{ let x = ${A}[a${i} + k]; ${sum}${i} += x.x * w0 + x.y * w1 + x.z * w2 + x.w * w3; }`)}
    }
  }`,
  /** A is [K, M]: one vec4 of A holds four rows of the output. */
  TN: (rows: number, { A, B, K, M, N, sum, job }: Loop): string => `{
    var a = ${baseOf(job, 'A')} + r / 4;
    var b = ${baseOf(job, 'B')} + c / 4;
    for (var k = 0; k < ${K}; k++) {
      let w = ${B}[b];
      ${unroll(rows / 4, (j) => `let x${j} = ${A}[a + ${j}];`)}
      a += ${M} / 4;
      b += ${N} / 4;
      ${unroll(rows, (i) => `${sum}${i} += x${Math.floor(i / 4)}[${i % 4}] * w;`)}
    }
  }`,
};

// ---- strided: any size, one column and four rows a thread ----

const STRIDED_THREADS: [number, number] = [16, 4];

function runStrided(runner: WgslRunner, job: ProductJob): void {
  const names = namesOf(job, 'f32', 'f32');
  const [x, y] = STRIDED_THREADS;
  runner.run({
    key: `matmul strided ${layoutOf(job)}${names.key}`,
    build: () => stridedProgram(job, names),
    tensors: names.tensors,
    uniforms: names.values,
    groups: [groupsFor(most(job, 'n'), x), groupsFor(most(job, 'm'), y * ROWS), depthOf(job)],
  });
}

function stridedProgram(job: ProductJob, names: JobNames): WgslProgram {
  const text: ThreadText = {
    leave,
    sums: (output, name) => `
  var ${name} = vec4f();
  ${output.terms.map((term) => stridedLoop({ ...term, ...output, sum: name, job })).join('\n')}`,
    store: ({ M, N, out }) => `
  for (var i = 0; i < min(${ROWS}, ${M} - r); i++) {
    let at = ${baseOf(job, 'Out')} + (r + i) * ${N} + c;
    ${out}[at] = sum[i]${job.bias ? ' + Bias[c]' : ''}${job.residual ? ' + Residual[at]' : ''};
  }`,
    storeGated: (gate, up) => `
  for (var i = 0; i < min(${ROWS}, ${gate.M} - r); i++) {
    let at = (r + i) * ${gate.N} + c;
    ${gate.out}[at] = gate[i];
    ${up.out}[at] = up[i];
    Gated[at] = gate[i] / (1.0 + exp(-gate[i])) * up[i];
  }`,
  };
  const body = `
  let c = i32(gid.x);
  let r = i32(gid.y) * ${ROWS};
  ${threadText(job, names, text)}`;
  return { slots: names.slots, uniforms: names.uniforms, workgroup: [...STRIDED_THREADS, 1], body };
}

function stridedLoop({ A, B, K, M, N, sum, job }: Loop): string {
  const { transposeA, transposeB } = job;
  const a = (row: string): string => `${A}[${baseOf(job, 'A')} + ${transposeA ? `k * ${M} + ${row}` : `${row} * ${K} + k`}]`;
  const b = `${B}[${baseOf(job, 'B')} + ${transposeB ? `c * ${K} + k` : `k * ${N} + c`}]`;
  return `for (var k = 0; k < ${K}; k++) {
    ${sum} += vec4f(${[0, 1, 2, 3].map((i) => a(`min(r + ${i}, ${M} - 1)`)).join(', ')}) * ${b};
  }`;
}
