// Turns the completions of a micro-batch into the constant tensors of an objective. Pure bookkeeping.
import { dispose, tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { ObjectiveInputs } from './objectives/objective.ts';

/** One completion as the update sees it. */
export interface PolicyRow {
  /** T entries; null = no paragraph. */
  paragraphIds: readonly (number | null)[];
  /** P entries; null = excluded from the group. */
  paragraphAdvantages: readonly (number | null)[];
  /** One advantage for every token instead of the paragraphs' (GRPO). */
  completionAdvantage?: number;
}

/** Completion tokens and counted paragraphs of some rows. */
export function countTotals(rows: readonly PolicyRow[]): ObjectiveInputs['totals'] {
  const count = (of: (row: PolicyRow) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  return {
    tokens: count((row) => row.paragraphIds.length),
    paragraphs: count((row) => row.paragraphAdvantages.filter((value) => value !== null).length),
  };
}

/** Advantage of one token: its paragraph's, or the completion's. 0 for tokens of no or an excluded paragraph. */
export function tokenAdvantage(row: PolicyRow, t: number): number {
  if (row.completionAdvantage !== undefined) return row.completionAdvantage;
  const paragraph = row.paragraphIds[t] ?? null;
  return paragraph === null ? 0 : (row.paragraphAdvantages[paragraph] ?? 0);
}

/** The constant part of `ObjectiveInputs`. Owned by the caller; free it with `disposeConstants`. */
export type PolicyConstants = Pick<ObjectiveInputs, 'mask' | 'advantages' | 'membership' | 'paragraphAdvantages' | 'paragraphMask'>;

/** @param width T, of the padded batch */
export function policyConstants(rows: readonly PolicyRow[], width: number): PolicyConstants {
  const P = Math.max(1, ...rows.map((row) => row.paragraphAdvantages.length));
  const B = rows.length;
  const [mask, advantages] = [new Float32Array(B * width), new Float32Array(B * width)];
  const [membership, values, valid] = [new Float32Array(B * P * width), new Float32Array(B * P), new Float32Array(B * P)];
  for (const [b, row] of rows.entries()) {
    for (const [p, advantage] of row.paragraphAdvantages.entries()) {
      values[b * P + p] = advantage ?? 0;
      valid[b * P + p] = advantage === null ? 0 : 1;
    }
    for (const [t, paragraph] of row.paragraphIds.entries()) {
      mask[b * width + t] = 1;
      advantages[b * width + t] = tokenAdvantage(row, t);
      if (paragraph !== null && valid[b * P + paragraph] === 1) membership[(b * P + paragraph) * width + t] = 1;
    }
  }
  const of = (data: Float32Array, ...shape: number[]): Tensor => tensor(data, shape);
  return {
    mask: of(mask, B, width),
    advantages: of(advantages, B, width),
    membership: of(membership, B, P, width),
    paragraphAdvantages: of(values, B, P),
    paragraphMask: of(valid, B, P),
  };
}

/** Frees what `policyConstants` made. */
export function disposeConstants(constants: PolicyConstants): void {
  dispose([constants.mask, constants.advantages, constants.membership, constants.paragraphAdvantages, constants.paragraphMask]);
}
