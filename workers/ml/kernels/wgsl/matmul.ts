// Matrix products out = A' B' (+ bias). Three families behind one function:
//   rows   each thread owns 4 x 4 outputs in registers, no barriers: best on software adapters, any layout with full vec4s
//   tiles  64 x 64 or 32 x 32 outputs per workgroup through workgroup memory: real GPUs, any layout and size
//   reduce 8 lanes share one output column: real GPUs, few rows (decoding)
// and a strided scalar kernel for sizes that do not divide by 4.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { Slot, WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslRunner } from '../../backends/webgpu/wgsl-runner.ts';
import { lanesFor, unroll } from './lanes.ts';
import { groupsFor } from './wgsl-call.ts';

/** out [batches, M, N] = A [batches, M, K] (or its transpose) times B [batches, K, N] (or its transpose), plus bias [N]. */
export interface Product {
  a: TensorInfo;
  b: TensorInfo;
  out: TensorInfo;
  bias?: TensorInfo;
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
  batches: number;
  /** False: one A (or B) for all batches. */
  batchedA?: boolean;
  batchedB?: boolean;
}

const UNIFORMS = { M: 'i32', N: 'i32', K: 'i32', strideA: 'i32', strideB: 'i32', strideOut: 'i32' } as const;
const FEW_ROWS = 16;

/** Records the product with the kernel family that suits the adapter and the sizes. */
export function runProduct(runner: WgslRunner, product: Product): void {
  if (runner.prefersTiles) {
    const fewRows = product.m <= FEW_ROWS && !product.transposeA && product.transposeB;
    return fewRows ? runReduce(runner, product) : runTiles(runner, product);
  }
  const layout = `${product.transposeA ? 'T' : 'N'}${product.transposeB ? 'T' : 'N'}`;
  const vectors = fullVectors(layout, product);
  return vectors ? runRows(runner, product, layout) : runStrided(runner, product);
}

/** Whether every vec4 load of the rows family is aligned. */
function fullVectors(layout: string, { m, n, k }: Product): boolean {
  if (layout === 'NT') return k % 4 === 0;
  if (layout === 'NN') return k % 4 === 0 && n % 4 === 0;
  return layout === 'TN' && m % 4 === 0 && n % 4 === 0;
}

const tensorsOf = ({ a, b, out, bias }: Product): TensorInfo[] => (bias ? [a, b, out, bias] : [a, b, out]);

/** Sizes and batch strides; strides count elements of the slots (`per` floats each). */
function uniformsOf(p: Product, per = 1): Record<keyof typeof UNIFORMS, number> {
  return {
    M: p.m,
    N: p.n,
    K: p.k,
    strideA: p.batchedA === false ? 0 : (p.m * p.k) / per,
    strideB: p.batchedB === false ? 0 : (p.k * p.n) / per,
    strideOut: p.m * p.n,
  };
}

function slotsOf(p: Product, element: 'vec4f' | 'f32', out: 'vec4f' | 'f32' = 'f32'): Slot[] {
  return [reads('A', element), reads('B', element), writes('Out', out), ...(p.bias ? [reads('Bias', 'f32')] : [])];
}

const biasAt = (p: Product, column: string): string => (p.bias ? `Bias[${column}]` : '0.0');

// ---- rows: registers only ----

const ROWS = 4;
/** Where A is transposed: one vec4 of it holds four rows, so a taller tile costs few loads. */
const TALL_ROWS = 8;

function runRows(runner: WgslRunner, p: Product, layout: string): void {
  const rows = rowsPerThread(p);
  const [x, y] = p.m <= 2 * ROWS ? [32, 1] : [8, 8];
  const wide = p.n % 4 === 0;
  runner.run({
    key: `matmul rows ${layout} ${rows} ${x} ${wide} ${Boolean(p.bias)}`,
    build: () => rowsProgram(p, layout, rows, [x, y], wide),
    tensors: tensorsOf(p),
    uniforms: uniformsOf(p, 4),
    groups: [groupsFor(p.n, 4 * x), groupsFor(p.m, rows * y), p.batches],
  });
}

function rowsPerThread({ m, transposeA }: Product): number {
  if (transposeA) return m >= 64 ? TALL_ROWS : ROWS;
  return m < ROWS ? 1 : ROWS;
}

function rowsProgram(p: Product, layout: string, rows: number, [x, y]: [number, number], wide: boolean): WgslProgram {
  const loop = layout === 'NT' ? loopNT(rows) : layout === 'NN' ? loopNN(rows) : loopTN(rows);
  const body = `
  let c = i32(gid.x) * 4;
  let r = i32(gid.y) * ${rows};
  if (c >= u.N || r >= u.M) { return; }
  let baseA = i32(wid.z) * u.strideA;
  let baseB = i32(wid.z) * u.strideB;
  let K4 = u.K / 4;
  let N4 = u.N / 4;
  ${unroll(rows, (i) => `var acc${i} = vec4f();`)}
  ${loop}
  ${unroll(rows, (i) => `if (r + ${i} < u.M) { ${wide ? storeWide(p, i) : storeNarrow(p, i)} }`)}`;
  return { slots: slotsOf(p, 'vec4f', wide ? 'vec4f' : 'f32'), uniforms: UNIFORMS, workgroup: [x, y, 1], body };
}

function storeWide(p: Product, i: number): string {
  const bias = p.bias ? ` + vec4f(Bias[c], Bias[c + 1], Bias[c + 2], Bias[c + 3])` : '';
  return `Out[(i32(wid.z) * u.strideOut + (r + ${i}) * u.N + c) / 4] = acc${i}${bias};`;
}

function storeNarrow(p: Product, i: number): string {
  const store = `Out[i32(wid.z) * u.strideOut + (r + ${i}) * u.N + c + j] = acc${i}[j] + ${biasAt(p, 'c + j')};`;
  return `for (var j = 0; j < min(4, u.N - c); j++) { ${store} }`;
}

const loopNT = (rows: number): string => `
  ${unroll(rows, (i) => `let a${i} = baseA + min(r + ${i}, u.M - 1) * K4;`)}
  ${unroll(4, (j) => `let b${j} = baseB + min(c + ${j}, u.N - 1) * K4;`)}
  for (var k = 0; k < K4; k++) {
    ${unroll(4, (j) => `let w${j} = B[b${j} + k];`)}
    ${unroll(rows, (i) => `{ let x = A[a${i} + k]; acc${i} += vec4f(dot(x, w0), dot(x, w1), dot(x, w2), dot(x, w3)); }`)}
  }`;

const loopNN = (rows: number): string => `
  ${unroll(rows, (i) => `let a${i} = baseA + min(r + ${i}, u.M - 1) * K4;`)}
  var b = baseB + c / 4;
  for (var k = 0; k < K4; k++) {
    ${unroll(4, (j) => `let w${j} = B[b + ${j} * N4];`)}
    b += 4 * N4;
    ${unroll(rows, (i) => `{ let x = A[a${i} + k]; acc${i} += x.x * w0 + x.y * w1 + x.z * w2 + x.w * w3; }`)}
  }`;

/** A is [K, M]: one vec4 of A holds four rows of the output. */
const loopTN = (rows: number): string => `
  var a = baseA + r / 4;
  var b = baseB + c / 4;
  for (var k = 0; k < u.K; k++) {
    let w = B[b];
    ${unroll(rows / 4, (j) => `let x${j} = A[a + ${j}];`)}
    a += u.M / 4;
    b += N4;
    ${unroll(rows, (i) => `acc${i} += x${Math.floor(i / 4)}[${i % 4}] * w;`)}
  }`;

// ---- strided: any size ----

function runStrided(runner: WgslRunner, p: Product): void {
  runner.run({
    key: `matmul strided ${p.transposeA} ${p.transposeB} ${Boolean(p.bias)}`,
    build: () => stridedProgram(p),
    tensors: tensorsOf(p),
    uniforms: uniformsOf(p),
    groups: [groupsFor(p.n, 16), groupsFor(p.m, 4 * ROWS), p.batches],
  });
}

function stridedProgram(p: Product): WgslProgram {
  const body = `
  let c = i32(gid.x);
  let r = i32(gid.y) * ${ROWS};
  if (c >= u.N || r >= u.M) { return; }
  let baseA = i32(wid.z) * u.strideA;
  let baseB = i32(wid.z) * u.strideB;
  var acc = vec4f();
  for (var k = 0; k < u.K; k++) {
    let x = vec4f(${[0, 1, 2, 3].map((i) => `A[${indexA(p, `min(r + ${i}, u.M - 1)`, 'k')}]`).join(', ')});
    acc += x * B[${indexB(p, 'k', 'c')}];
  }
  for (var i = 0; i < min(${ROWS}, u.M - r); i++) { Out[i32(wid.z) * u.strideOut + (r + i) * u.N + c] = acc[i] + ${biasAt(p, 'c')}; }`;
  return { slots: slotsOf(p, 'f32'), uniforms: UNIFORMS, workgroup: [16, 4, 1], body };
}

const indexA = (p: Product, row: string, k: string): string =>
  p.transposeA ? `baseA + ${k} * u.M + ${row}` : `baseA + ${row} * u.K + ${k}`;
const indexB = (p: Product, k: string, column: string): string =>
  p.transposeB ? `baseB + ${column} * u.K + ${k}` : `baseB + ${k} * u.N + ${column}`;

// ---- tiles: workgroup memory ----

const DEPTH = 16;
const LARGE_TILE = 64;
const SMALL_TILE = 32;
/** Fewer workgroups than this leave parts of a GPU idle: take smaller tiles. */
const ENOUGH_GROUPS = 96;

function runTiles(runner: WgslRunner, p: Product): void {
  const groups = (tile: number): [number, number, number] => [groupsFor(p.n, tile), groupsFor(p.m, tile), p.batches];
  const many = groups(LARGE_TILE).reduce((product, n) => product * n, 1) >= ENOUGH_GROUPS;
  const tile = many ? LARGE_TILE : SMALL_TILE;
  runner.run({
    key: `matmul tiles ${tile} ${p.transposeA} ${p.transposeB} ${Boolean(p.bias)}`,
    build: () => tilesProgram(p, tile),
    tensors: tensorsOf(p),
    uniforms: uniformsOf(p),
    groups: groups(tile),
  });
}

/** The threads load tile x 16 of A and of B together, then each multiplies its own 4 x 4 outputs. */
function tilesProgram(p: Product, tile: number): WgslProgram {
  const across = tile / 4;
  const threads = across * across;
  const body = `
  let row0 = i32(wid.y) * ${tile};
  let column0 = i32(wid.x) * ${tile};
  let baseA = i32(wid.z) * u.strideA;
  let baseB = i32(wid.z) * u.strideB;
  let mine = vec2i(lane % ${across}, lane / ${across}) * 4;
  ${unroll(4, (i) => `var acc${i} = vec4f();`)}
  for (var k0 = 0; k0 < u.K; k0 += ${DEPTH}) {
    for (var i = lane; i < ${tile * DEPTH}; i += ${threads}) {
      ${loadTile('tileA', tile, 'A', 'row0', 'u.M', !p.transposeA, indexA(p, 'outer', 'k'))}
      ${loadTile('tileB', tile, 'B', 'column0', 'u.N', p.transposeB, indexB(p, 'k', 'outer'))}
    }
    workgroupBarrier();
    for (var k = 0; k < ${DEPTH}; k++) {
      let at = k * ${tile} + mine;
      ${fourOf('x', 'tileA', 'at.y')}
      ${fourOf('w', 'tileB', 'at.x')}
      ${unroll(4, (i) => `acc${i} += x[${i}] * w;`)}
    }
    workgroupBarrier();
  }
  let c = column0 + mine.x;
  let r = row0 + mine.y;
  ${unroll(4, (i) => `if (r + ${i} < u.M) { ${storeNarrow(p, i)} }`)}`;
  const declarations = ['tileA', 'tileB'].map((name) => `var<workgroup> ${name}: array<f32, ${tile * DEPTH}>;`).join('\n');
  return { slots: slotsOf(p, 'f32'), uniforms: UNIFORMS, workgroup: [threads, 1, 1], declarations, body };
}

/** Neighbouring threads read neighbouring addresses: along k where k is the inner axis of the matrix, else along the outer one. */
function loadTile(name: string, tile: number, matrix: string, origin: string, limit: string, kInner: boolean, index: string): string {
  const [k, outer] = kInner ? [`i % ${DEPTH}`, `i / ${DEPTH}`] : [`i / ${tile}`, `i % ${tile}`];
  return `{
        let k = k0 + ${k};
        let outer = ${origin} + ${outer};
        let inside = k < u.K && outer < ${limit};
        ${name}[(k - k0) * ${tile} + outer - ${origin}] = select(0.0, ${matrix}[select(0, ${index}, inside)], inside);
      }`;
}

const fourOf = (name: string, tile: string, at: string): string =>
  `let ${name} = vec4f(${tile}[${at}], ${tile}[${at} + 1], ${tile}[${at} + 2], ${tile}[${at} + 3]);`;

// ---- reduce: few rows, B given as [N, K] ----

function runReduce(runner: WgslRunner, p: Product): void {
  const lanes = lanesFor(p.k);
  runner.run({
    key: `matmul reduce ${lanes.key} ${Boolean(p.bias)}`,
    build: () => reduceProgram(p),
    tensors: tensorsOf(p),
    uniforms: uniformsOf(p, lanes.size),
    groups: [groupsFor(p.n, 8), groupsFor(p.m, 4), p.batches],
  });
}

/** 8 columns x 8 lanes per workgroup; a lane sums every eighth element of K for four rows at once. */
function reduceProgram(p: Product): WgslProgram {
  const lanes = lanesFor(p.k);
  const body = `
  let c = i32(wid.x) * 8 + lane / 8;
  let r = i32(wid.y) * 4;
  let count = u.K / ${lanes.size};
  let baseA = i32(wid.z) * u.strideA;
  let b = i32(wid.z) * u.strideB + min(c, u.N - 1) * count;
  ${unroll(4, (i) => `let a${i} = baseA + min(r + ${i}, u.M - 1) * count;`)}
  var acc = vec4f();
  for (var k = lane % 8; k < count; k += 8) {
    let w = B[b + k];
    acc += vec4f(${[0, 1, 2, 3].map((i) => lanes.dot(`A[a${i} + k]`, 'w')).join(', ')});
  }
  shares[lane] = acc;
  workgroupBarrier();
  if (lane % 8 != 0 || c >= u.N) { return; }
  for (var i = 1; i < 8; i++) { acc += shares[lane + i]; }
  for (var i = 0; i < min(4, u.M - r); i++) { Out[i32(wid.z) * u.strideOut + (r + i) * u.N + c] = acc[i] + ${biasAt(p, 'c')}; }`;
  return {
    slots: slotsOf(p, lanes.element),
    uniforms: UNIFORMS,
    workgroup: [64, 1, 1],
    declarations: 'var<workgroup> shares: array<vec4f, 64>;',
    body,
  };
}
