// The job table, and how threads share jobs.
//
// Jobs are records one behind the other: a list, often of one. One job of it is open at a time. A chunk of the open job is claimed by
// decrementing one counter; only then is it asked which job is open, and that one stays open until the claimed chunk is done. So a
// thread that comes late gets a chunk of the job now open or nothing, and no job needs a hand-shake. Whoever finishes the last chunk
// opens the next job, after it has done those between that are a single chunk. So a list needs no thread in particular to go on.
//
// The engine may add jobs to a list while it runs. `open` says who may open jobs: whoever changes it from 0, until it is 0 again. A
// thread that finds no further job leaves it at 0 and then looks at the end once more; the engine moves the end and then looks whether
// it is 0. So one of the two sees the other's change, and no job is left behind.
//
// The last chunks of a job are smaller than the others, so that nobody waits long for another's.
//
// Threads spin for a bounded time, then return to JavaScript (threads.ts, kernel-thread.js), which sleeps and wakes:
// memory.atomic.wait32 gave wrong results under Node 20 (V8 11.3). A thread that finds others asleep while chunks are left returns too.
import { attentionHead, attentionHeadGrad, zeroHead } from './attention';
import { depthwise, depthwiseGradWeight, patchify } from './conv';
import { decodeRow } from './decode-attention';
import * as E from './elementwise';
import { block, packPanels, rowTimesPanels } from './gemm';
import * as N from './norms';
import { Control, Job, Op } from './op-codes';
import * as T from './tokens';

/** Exported so that the compiler keeps it a function of its own: inlined into the block loop its sums would spill. */
export { microWide } from './tiles';

/** Globals are per instance, so per thread. */
let thread: usize = 0;
/** The record this thread is at. */
let job: usize = 0;

export function setThread(id: i32): void {
  thread = id;
}

@inline
function I(k: i32): i32 {
  return load<i32>(job + (<usize>k << 2), Job.ints);
}

@inline
function U(k: i32): usize {
  return load<u32>(job + (<usize>k << 2), Job.ints);
}

@inline
function F(k: i32): f32 {
  return load<f32>(job + (<usize>k << 2), Job.floats);
}

/** byColumns, A, lda, panels, C, ldc, D, ldd, M, N, K, rows a block, column groups. Unit: block by group; neighbours are done as one. */
function gemm(lo: i32, hi: i32, scratch: usize): void {
  const M = I(8), columns = I(9), K = I(10), rows = I(11), groups = I(12), panels = (columns + 7) >> 3;
  for (let u = lo; u < hi;) {
    const b = u / groups, end = min((b + 1) * groups, hi), i0 = b * rows, j0 = (panels * (u % groups)) / groups;
    const j1 = (panels * (end - b * groups)) / groups;
    if (M == 1 && !I(0)) rowTimesPanels(U(1), U(3), U(4), U(6), columns, K, j0, j1);
    else block(I(0), U(1), U(2), U(3), U(4), U(5), U(6), U(7), columns, K, i0, min(i0 + rows, M), j0, j1, scratch);
    u = end;
  }
}

/** q, k, v, out, lse, T, D, H, KV. Unit: batch by query head. */
function attention(lo: i32, hi: i32, scratch: usize): void {
  const tokens = I(5), D = I(6), H = I(7), KV = I(8), ldq = <usize>(H * D) << 2, ldk = <usize>(KV * D) << 2;
  for (let u = lo; u < hi; u++) {
    const b = u / H, h = u % H, lse = U(4) + (<usize>(u * tokens) << 2);
    const q = <usize>(b * tokens) * ldq + (<usize>(h * D) << 2), k = <usize>(b * tokens) * ldk + (<usize>(((h * KV) / H) * D) << 2);
    attentionHead(U(0) + q, U(1) + k, U(2) + k, U(3) + q, lse, tokens, D, ldq, ldk, F(0), scratch);
  }
}

/** q, k, v, out, dOut, lse, dq, dk, dv, T, D, H, KV, rows. Unit: batch by key/value head, with all its query heads. */
function attentionGrad(lo: i32, hi: i32, scratch: usize): void {
  const tokens = I(9), D = I(10), H = I(11), KV = I(12), share = H / KV, ldq = <usize>(H * D) << 2, ldk = <usize>(KV * D) << 2;
  for (let u = lo; u < hi; u++) {
    const b = u / KV, g = u % KV, k = <usize>(b * tokens) * ldk + (<usize>(g * D) << 2);
    zeroHead(U(7) + k, ldk, tokens, D);
    zeroHead(U(8) + k, ldk, tokens, D);
    for (let h = g * share; h < (g + 1) * share; h++) {
      const q = <usize>(b * tokens) * ldq + (<usize>(h * D) << 2), lse = U(5) + (<usize>((b * H + h) * tokens) << 2);
      attentionHeadGrad(
        U(0) + q, U(1) + k, U(2) + k, U(3) + q, U(4) + q, lse, U(6) + q, U(7) + k, U(8) + k, tokens, D, ldq, ldk, F(0), I(13), scratch,
      );
    }
  }
}

/** q, k, v, out, lengths, M, D, H, KV. Unit: one sequence. */
function decodeAttention(lo: i32, hi: i32, scratch: usize): void {
  const M = I(5), D = I(6), H = I(7), KV = I(8), ldk = <usize>(KV * D) << 2;
  for (let r = lo; r < hi; r++) {
    const q = <usize>(r * H * D) << 2, k = <usize>(r * M) * ldk;
    decodeRow(U(0) + q, U(1) + k, U(2) + k, U(3) + q, load<i32>(U(4) + (<usize>r << 2)), D, H, KV, F(0), scratch);
  }
}

/**
 * qkv, cos, sin, positions, keys, values, out, M, D, H, KV. Unit: one sequence. Its new query is rotated in place, its new key and
 * value go to the cache, then the query attends to them and all before.
 */
function decodeHeads(lo: i32, hi: i32, scratch: usize): void {
  const M = I(7), D = I(8), H = I(9), KV = I(10), head = <usize>D << 2, ldk = <usize>KV * head, half = D >> 1, sign = f32x4.splat(1);
  for (let r = lo; r < hi; r++) {
    const q = U(0) + <usize>(r * (H + 2 * KV)) * head, position = load<i32>(U(3) + (<usize>r << 2));
    const K = U(4) + <usize>(r * M) * ldk, V = U(5) + <usize>(r * M) * ldk, to = <usize>position * ldk;
    const angle = <usize>(position * half) << 2, cos = U(1) + angle, sin = U(2) + angle;
    for (let h = 0; h < H; h++) T.rotateHead(q + <usize>h * head, cos, sin, q + <usize>h * head, half, sign);
    const k = q + <usize>H * head;
    for (let h = 0; h < KV; h++) T.rotateHead(k + <usize>h * head, cos, sin, K + to + <usize>h * head, half, sign);
    memory.copy(V + to, k + ldk, ldk);
    decodeRow(q, K, V, U(6) + <usize>(r * H) * head, position + 1, D, H, KV, F(0), scratch);
  }
}

/**
 * draw, positions, ids, logProbs, entropies, out, rows, R, count, token. Behind the job `draw` of a list that is repeated: its tokens go
 * to column `token` of out [3, count, R], and the numbers that change from token to token are counted on, here and there.
 */
function keepTokens(): void {
  const draw = U(0), rows = I(6), R = I(7), part = <usize>(I(8) * R) << 2, token = I(9);
  let to = U(5) + (<usize>(token * R) << 2);
  for (let p = 0; p < 3; p++) {
    memory.copy(to, U(2 + p), <usize>rows << 2);
    to += part;
  }
  for (let p = U(1), end = p + (<usize>rows << 2); p < end; p += 4) store<i32>(p, load<i32>(p) + 1);
  store<i32>(draw, load<i32>(draw, Job.drawStep) + 1, Job.drawStep);
  store<i32>(job, token + 1, Job.keptToken);
}

/** lists, bytes of each, times, from, to. Unit: the jobs up to `to` of one list, on this thread alone; the first time from the job at `from` on (in bytes). */
function repeatLists(lo: i32, hi: i32): void {
  const lists = U(0), bytes = U(1), times = I(2), from = U(3), to = U(4);
  for (let u = lo; u < hi; u++) {
    const list = lists + <usize>u * bytes;
    for (let i = 0; i < times; i++) runAlone(list + (i == 0 ? from : 0), list + to);
  }
}

function run(lo: i32, hi: i32): void {
  const scratch: usize = load<u32>(<usize>Control.scratch + (thread << 2)); // in memory, so that the engine can enlarge it
  switch (load<i32>(job, Job.op)) {
    case Op.packPanels: packPanels(U(0), U(1), I(2), I(3), I(4), U(5), lo, hi); return;
    case Op.gemm: gemm(lo, hi, scratch); return;
    case Op.rmsNorm: N.rmsNorm(U(0), U(1), U(2), U(3), I(4), F(0), lo, hi); return;
    case Op.rmsNormGradX: N.rmsNormGradX(U(0), U(1), U(2), U(3), U(4), U(5), I(6), lo, hi); return;
    case Op.rmsNormGradWeight: N.rmsNormGradWeight(U(0), U(1), U(2), U(3), I(4), I(5), lo, hi); return;
    case Op.layerNorm: N.layerNorm(U(0), U(1), U(2), U(3), U(4), U(5), I(6), F(0), lo, hi); return;
    case Op.layerNormGradX: N.layerNormGradX(U(0), U(1), U(2), U(3), U(4), U(5), I(6), lo, hi); return;
    case Op.layerNormGradWeight: N.layerNormGradWeight(U(0), U(1), U(2), U(3), U(4), I(5), I(6), lo, hi); return;
    case Op.columnSum: N.columnSum(U(0), U(1), I(2), I(3), lo, hi); return;
    case Op.columnDot: N.columnDot(U(0), U(1), U(2), I(3), I(4), lo, hi); return;
    case Op.rope: T.rope(U(0), U(1), U(2), U(3), U(4), I(5), I(6), I(7), F(0), lo, hi); return;
    case Op.attention: attention(lo, hi, scratch); return;
    case Op.attentionGrad: attentionGrad(lo, hi, scratch); return;
    case Op.decodeAttention: decodeAttention(lo, hi, scratch); return;
    case Op.decodeHeads: decodeHeads(lo, hi, scratch); return;
    case Op.swigluPairs: E.swigluPairs(U(0), U(1), I(2), lo, hi); return;
    case Op.swiglu: E.swiglu(U(0), U(1), U(2), lo, hi); return;
    case Op.swigluGrad: E.swigluGrad(U(0), U(1), U(2), U(3), U(4), lo, hi); return;
    case Op.biasGelu: E.biasGelu(U(0), U(1), U(2), I(3), lo, hi); return;
    case Op.biasGeluGrad: E.biasGeluGrad(U(0), U(1), U(2), U(3), I(4), lo, hi); return;
    case Op.scaleResidual: E.scaleResidual(U(0), U(1), U(2), U(3), I(4), lo, hi); return;
    case Op.scaleColumns: E.scaleColumns(U(0), U(1), U(2), I(3), lo, hi); return;
    case Op.depthwise: depthwise(U(0), U(1), U(2), U(3), I(4), I(5), I(6), I(7), I(8), scratch, lo, hi); return;
    case Op.depthwiseGradWeight: depthwiseGradWeight(U(0), U(1), U(2), I(3), I(4), I(5), I(6), I(7), scratch, lo, hi); return;
    case Op.patchify: patchify(U(0), U(1), I(2), I(3), I(4), I(5), 0, lo, hi); return;
    case Op.unpatchify: patchify(U(0), U(1), I(2), I(3), I(4), I(5), 1, lo, hi); return;
    case Op.embedding: T.embedding(U(0), U(1), U(2), I(3), lo, hi); return;
    case Op.embeddingGrad: T.embeddingGrad(U(0), U(1), U(2), I(3), I(4), I(5), lo, hi); return;
    case Op.tokenLogProbs: T.tokenLogProbs(U(0), U(1), U(2), U(3), U(4), I(5), F(0), lo, hi); return;
    case Op.tokenLogProbsGrad: T.tokenLogProbsGrad(U(0), U(1), U(2), U(3), U(4), I(5), F(0), lo, hi); return;
    case Op.sampleTokens: T.sampleTokens(U(0), U(1), U(2), U(3), U(4), I(5), I(6), U(7), U(8), I(9), F(0), F(1), scratch, lo, hi); return;
    case Op.sumSquares: E.sumSquares(U(0), U(1), I(2), lo, hi); return;
    case Op.adamw: E.adamw(U(0), U(1), U(2), U(3), F(0), F(1), F(2), F(3), F(4), F(5), F(6), F(7), F(8), lo, hi); return;
    case Op.add: E.add(U(0), U(1), U(2), lo, hi); return;
    case Op.subtract: E.subtract(U(0), U(1), U(2), lo, hi); return;
    case Op.multiply: E.multiply(U(0), U(1), U(2), lo, hi); return;
    case Op.multiplyScalar: E.multiplyScalar(U(0), F(0), U(1), lo, hi); return;
    case Op.broadcast: E.broadcast(I(0), U(1), U(2), U(3), I(4), I(5), lo, hi); return;
    case Op.sumMiddle: N.sumMiddle(U(0), U(1), I(2), I(3), lo, hi); return;
    case Op.copyRows: E.copyRows(U(0), U(1), U(2), U(3), U(4), lo, hi); return;
    case Op.transpose: E.transpose(U(0), U(1), I(2), I(3), lo, hi); return;
    case Op.keepTokens: keepTokens(); return;
    case Op.repeatLists: repeatLists(lo, hi); return;
    default: unreachable();
  }
}

/** What `open` holds while a thread is between two jobs. Nobody reads a job there: all chunks are claimed. */
const BETWEEN: u32 = 1;

/** Whether this thread may now open jobs. */
@inline
function claimsList(): bool {
  return atomic.cmpxchg<u32>(Control.open, 0, BETWEEN) == 0;
}

/** Opens the job at `at`, having done the single-chunk jobs before the next one that is worth sharing. `open` is not 0: this thread has it. */
function openFrom(at: usize): void {
  do {
    for (; at < <usize>atomic.load<u32>(Control.end); at += Job.bytes) {
      const chunks = load<i32>(at, Job.chunks);
      job = at;
      atomic.store<i32>(Control.done, 0);
      store<i32>(Control.total, chunks);
      atomic.store<u32>(Control.open, <u32>at);
      if (chunks > 1) {
        atomic.store<i32>(Control.chunks, chunks);
        return;
      }
      run(0, load<i32>(at, Job.units));
    }
    atomic.store<u32>(Control.next, <u32>at);
    atomic.store<u32>(Control.open, 0);
    if (at >= <usize>atomic.load<u32>(Control.end) || !claimsList()) return;
    at = <usize>atomic.load<u32>(Control.next); // others may have opened and finished some of them in between
  } while (true);
}

/** Opens what was added, unless another thread is at the list and will find it. */
@inline
function openAdded(): void {
  if (atomic.load<u32>(Control.open) == 0 && claimsList()) openFrom(<usize>atomic.load<u32>(Control.next));
}

/** Does one chunk, if there is one. The smaller ones have the lowest numbers: they are claimed last. */
function takeChunk(): void {
  const c = atomic.sub<i32>(Control.chunks, 1) - 1; // sub returns the old value
  if (c < 0) return;
  const at = <usize>atomic.load<u32>(Control.open), small = load<i32>(at, Job.smallChunks), part = load<i32>(at, Job.smallUnits);
  const size = c < small ? part : load<i32>(at, Job.unitsPerChunk), lo = c < small ? c * part : small * part + (c - small) * size;
  const last = load<i32>(at, Job.chunks) - 1; // read now: another thread may close the job as soon as this chunk counts as done
  job = at;
  run(lo, min(lo + size, load<i32>(at, Job.units)));
  if (atomic.add<i32>(Control.done, 1) == last) openFrom(at + Job.bytes);
}

/** Whether there is something to do for a thread that may be asleep. */
@inline
function mustWake(): bool {
  return atomic.load<i32>(Control.asleep) != 0 && atomic.load<i32>(Control.chunks) > 0;
}

/** A list on one thread, no atomics. */
export function runAlone(first: usize, end: usize): void {
  for (let at = first; at < end; at += Job.bytes) {
    job = at;
    run(0, load<i32>(at, Job.units));
  }
}

/** Engine thread, when the list is finished: the next one begins at `first` and is still empty. */
export function openList(first: usize): void {
  while (!claimsList()) {} // a thread may still be on its way out of the finished list
  atomic.store<u32>(Control.end, <u32>first);
  atomic.store<u32>(Control.next, <u32>first);
  atomic.store<u32>(Control.open, 0);
}

/** Engine thread: the list now ends at `end`. A job that nobody else would open is opened, or done if it is a single chunk. */
export function extend(end: usize): void {
  atomic.store<u32>(Control.end, <u32>end);
  openAdded();
}

/** Engine thread: takes chunks until the list is finished (1), others must be woken (2), or they have had the last chunks for a while (0). */
export function drain(): i32 {
  for (let s = load<i32>(Control.spin); s > 0; s--) {
    if (atomic.load<u32>(Control.open) == 0) {
      if (atomic.load<u32>(Control.next) == atomic.load<u32>(Control.end)) return 1;
      openAdded();
    }
    if (atomic.load<i32>(Control.chunks) <= 0) continue;
    if (mustWake()) return 2;
    takeChunk();
    s = load<i32>(Control.spin);
  }
  return 0;
}

/** Compute thread: takes chunks; returns when idle for a while, or when the engine or another thread sleeps and must be woken. */
export function help(): void {
  for (let s = load<i32>(Control.spin); s > 0; s--) {
    if (atomic.load<i32>(Control.chunks) <= 0) continue;
    if (mustWake()) return;
    takeChunk();
    if (atomic.load<i32>(Control.waiting)) return;
    s = load<i32>(Control.spin);
  }
}
