// Summation in numpy's order, for equal rounding: eight running sums, halves of long lists apart.

const BLOCK = 128;

/** The sum as `numpy.sum` rounds it for contiguous doubles. */
export function pairwiseSum(values: readonly number[]): number {
  const { length } = values;
  if (length > BLOCK) {
    const middle = length >> 1;
    const half = middle - (middle % 8);
    return pairwiseSum(values.slice(0, half)) + pairwiseSum(values.slice(half));
  }
  let total = 0;
  const grouped = length >= 8 ? length - (length % 8) : 0;
  if (grouped > 0) {
    const part = [0, 1, 2, 3, 4, 5, 6, 7].map((lane) => sumOfLane(values, lane, grouped));
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = part;
    total = a + b + (c + d) + (e + f + (g + h));
  }
  for (let i = grouped; i < length; i++) total += values[i] ?? 0;
  return total;
}

function sumOfLane(values: readonly number[], lane: number, end: number): number {
  let total = values[lane] ?? 0;
  for (let i = lane + 8; i < end; i += 8) total += values[i] ?? 0;
  return total;
}
