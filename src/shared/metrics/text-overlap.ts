// How much an explanation repeats a reference text: ROUGE-L and token F1. A weak measure; reports must say so.

export interface TextOverlap {
  rougeL_f: number;
  rougeL_p: number;
  rougeL_r: number;
  token_f1: number;
}

/** Lower case, runs of a-z and 0-9; everything else separates. */
export function overlapTokens(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

/** Length of the longest common subsequence; two rows of memory. */
function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let above = new Int32Array(b.length + 1);
  let row = new Int32Array(b.length + 1);
  for (const token of a) {
    for (let j = 0; j < b.length; j++) {
      row[j + 1] = token === b[j] ? (above[j] ?? 0) + 1 : Math.max(above[j + 1] ?? 0, row[j] ?? 0);
    }
    [above, row] = [row, above];
  }
  return above[b.length] ?? 0;
}

function commonTokens(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const token of b) left.set(token, (left.get(token) ?? 0) + 1);
  let common = 0;
  for (const token of a) {
    const count = left.get(token) ?? 0;
    if (count === 0) continue;
    common++;
    left.set(token, count - 1);
  }
  return common;
}

const harmonic = (p: number, r: number): number => (p + r === 0 ? 0 : (2 * p * r) / (p + r));

/** ROUGE-L (F, precision, recall) and SQuAD's token F1; all 0 where either text has no token. */
export function textOverlap(generated: string, reference: string): TextOverlap {
  const got = overlapTokens(generated);
  const wanted = overlapTokens(reference);
  if (got.length === 0 || wanted.length === 0) return { rougeL_f: 0, rougeL_p: 0, rougeL_r: 0, token_f1: 0 };
  const lcs = longestCommonSubsequence(got, wanted);
  const common = commonTokens(got, wanted);
  const p = lcs / got.length;
  const r = lcs / wanted.length;
  return { rougeL_f: harmonic(p, r), rougeL_p: p, rougeL_r: r, token_f1: harmonic(common / got.length, common / wanted.length) };
}
