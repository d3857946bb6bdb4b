// The end of a product: four columns of a row go from a register to memory, with what is added or multiplied there.
import type { OutputNames, ProductJob } from './matmul-job.ts';
import { baseOf } from './matmul-job.ts';

/** In scope: r, c (first row and column of the thread). */
export interface Stored {
  output: OutputNames;
  /** The register, a vec4f. */
  value: string;
  /** Row beyond r. */
  row: number;
}

/** All four columns lie in the matrix: one vector. */
export function storeWide(job: ProductJob, { output, value, row }: Stored): string {
  const at = `(${baseOf(job, 'Out')} + (r + ${row}) * ${output.N} + c) / 4`;
  const bias = job.bias ? ' + vec4f(Bias[c], Bias[c + 1], Bias[c + 2], Bias[c + 3])' : '';
  const residual = job.residual ? ` + Residual[${at}]` : '';
  return `${output.out}[${at}] = ${value}${bias}${residual};`;
}

/** One number after the other, up to the matrix's edge. */
export function storeNarrow(job: ProductJob, { output, value, row }: Stored): string {
  const at = `${baseOf(job, 'Out')} + (r + ${row}) * ${output.N} + c + j`;
  const bias = job.bias ? ' + Bias[c + j]' : '';
  const residual = job.residual ? ` + Residual[${at}]` : '';
  return `for (var j = 0; j < min(4, ${output.N} - c); j++) { ${output.out}[${at}] = ${value}[j]${bias}${residual}; }`;
}

const SILU = (gate: string): string => `${gate} / (1.0 + exp(-${gate}))`;

/** The gate's row, from registers `gate` and `up`: both factors and their product. */
export function storeGated(wide: boolean, [first, second]: readonly [OutputNames, OutputNames], row: number): string {
  const [gate, up] = [`gate${row}`, `up${row}`];
  if (wide) {
    const at = `((r + ${row}) * ${first.N} + c) / 4`;
    return `${first.out}[${at}] = ${gate}; ${second.out}[${at}] = ${up}; Gated[${at}] = ${SILU(gate)} * ${up};`;
  }
  const at = `(r + ${row}) * ${first.N} + c + j`;
  const body = `${first.out}[${at}] = ${gate}[j]; ${second.out}[${at}] = ${up}[j]; Gated[${at}] = ${SILU(`${gate}[j]`)} * ${up}[j];`;
  return `for (var j = 0; j < min(4, ${first.N} - c); j++) { ${body} }`;
}
