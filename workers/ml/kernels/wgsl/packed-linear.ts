// Linear layer for decoding on packed weights (packed-weights.ts).
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { Slot, WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import { rowsOf, width } from '../define-op.ts';
import type { WeightPrecision } from '../pack-linear.ts';
import { unroll } from './lanes.ts';
import { FORMATS, GROUP, packWeight } from './packed-weights.ts';
import type { PackedFormat } from './packed-weights.ts';
import { groupsFor, registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerPackedLinear(): void {
  registerWgslKernel('FPackLinear', (call) => packWeight(call, precisionOf(call)));
  registerWgslKernel('FPackedLinear', apply);
  registerWgslKernel('FPackedLinearAdd', apply);
}

function precisionOf(call: WgslCall): WeightPrecision {
  const precision = call.text('precision');
  return precision === 'f16' || precision === 'q8' ? precision : 'f32';
}

const ROWS = 4;

function apply(call: WgslCall): TensorInfo {
  const shape = call.shape('x');
  const [N, K, O] = [rowsOf(shape), width(shape), call.number('outFeatures')];
  const y = call.output([...shape.slice(0, -1), O]);
  const shared = call.runner.prefersTiles;
  const rows = N === 1 ? 1 : ROWS;
  const precision = precisionOf(call);
  const residual = call.has('residual') ? [call.input('residual')] : [];
  const form = { rows, format: FORMATS[precision], adds: residual.length > 0 };
  call.run({
    key: `packedLinear ${precision} ${rows} ${shared} ${form.adds}`,
    build: () => (shared ? sharedProgram(form) : threadProgram(form)),
    tensors: [call.input('x'), call.input('packed'), y, ...residual],
    uniforms: { N, K, O, columns: groupsFor(O, 4), groups: groupsFor(K, GROUP) },
    groups: [groupsFor(groupsFor(O, 4), shared ? SHARED_COLUMNS : 32), groupsFor(N, rows)],
  });
  return y;
}

const UNIFORMS = { N: 'i32', K: 'i32', O: 'i32', columns: 'i32', groups: 'i32' } as const;

interface Form {
  /** Of x, that a thread multiplies. */
  rows: number;
  format: PackedFormat;
  /** A residual is added in the end. */
  adds: boolean;
}

function slotsOf({ format, adds }: Form): Slot[] {
  return [reads('x', 'f32'), reads('packed', format.element), writes('y', 'f32'), ...(adds ? [reads('residual', 'f32')] : [])];
}

/** Adds x[k] w[k] to acc0..acc(rows-1), four outputs each; of each group the inputs `from`, `from + step`, ... */
const accumulate = ({ rows, format }: Form, from: string, step: number): string => `
  let r = i32(wid.y) * ${rows};
  ${unroll(rows, (i) => `let x${i} = min(r + ${i}, u.N - 1) * u.K; var acc${i} = vec4f();`)}
  for (var g = 0; g < u.groups; g++) {
    ${format.openGroup}
    for (var k = g * ${GROUP} + ${from}; k < min((g + 1) * ${GROUP}, u.K); k += ${step}) {
      let w = ${format.weightAt};
      ${unroll(rows, (i) => `acc${i} += x[x${i} + k] * w;`)}
    }
  }`;

function store({ rows, adds }: Form): string {
  const one = (i: number): string => {
    const at = `(r + ${i}) * u.O + c * 4 + j`;
    return `if (r + ${i} < u.N) { for (var j = 0; j < min(4, u.O - c * 4); j++) { y[${at}] = acc${i}[j]${adds ? ` + residual[${at}]` : ''}; } }`;
  };
  return unroll(rows, one);
}

function threadProgram(form: Form): WgslProgram {
  const body = `
  let c = i32(gid.x);
  if (c >= u.columns) { return; }
  ${accumulate(form, '0', 1)}
  ${store(form)}`;
  return { slots: slotsOf(form), uniforms: UNIFORMS, workgroup: [32, 1, 1], body };
}

const SHARED_COLUMNS = 8;
const SPLIT = 16;

/** 8 quads of outputs per workgroup; 16 threads split the inputs and add up through workgroup memory. */
function sharedProgram(form: Form): WgslProgram {
  const { rows } = form;
  const threads = SHARED_COLUMNS * SPLIT;
  const body = `
  let column = i32(wid.x) * ${SHARED_COLUMNS} + lane % ${SHARED_COLUMNS};
  let c = min(column, u.columns - 1);
  ${accumulate(form, `lane / ${SHARED_COLUMNS}`, SPLIT)}
  ${unroll(rows, (i) => `shares[${i * threads} + lane] = acc${i};`)}
  workgroupBarrier();
  if (lane >= ${SHARED_COLUMNS} || column >= u.columns) { return; }
  for (var s = 1; s < ${SPLIT}; s++) { ${unroll(rows, (i) => `acc${i} += shares[${i * threads} + s * ${SHARED_COLUMNS} + lane];`)} }
  ${store(form)}`;
  const declarations = `var<workgroup> shares: array<vec4f, ${rows * threads}>;`;
  return { slots: slotsOf(form), uniforms: UNIFORMS, workgroup: [threads, 1, 1], declarations, body };
}
