// The natural logarithm rounded to the nearest double. Engines' Math.log may be off by one unit in the last place (V8 gives
// log 3 = 1.0986122886681096), which turns exact ties between YAKE phrases into an order of its own.

const BITS = 100n;
const ONE = 1n << BITS;

/** 2 atanh(z) for a fixed-point z of small magnitude. */
function doubleAtanh(z: bigint): bigint {
  const square = (z * z) >> BITS;
  let power = z;
  let total = 0n;
  for (let k = 1n; power !== 0n && power !== -1n; k += 2n) {
    total += power / k;
    power = (power * square) >> BITS;
  }
  return 2n * total;
}

const LOG_2 = doubleAtanh(ONE / 3n);

/** x = mantissa * 2^exponent with a mantissa of 53 bits. */
function split(x: number): { mantissa: bigint; exponent: number } {
  const exponent = Math.floor(Math.log2(x)) - 52;
  return { mantissa: BigInt(x * 2 ** -exponent), exponent };
}

/** Results by argument: the same few sentence positions and counts come again and again. */
const KNOWN = new Map<number, number>();
const KNOWN_LIMIT = 10_000;

/** log x for a normal x > 0 (not tiny), correctly rounded. */
export function exactLog(x: number): number {
  let result = KNOWN.get(x);
  if (result !== undefined) return result;
  result = computeLog(x);
  if (KNOWN.size < KNOWN_LIMIT) KNOWN.set(x, result);
  return result;
}

function computeLog(x: number): number {
  const { mantissa, exponent } = split(x);
  const unit = 1n << 52n;
  const fraction = ((mantissa - unit) << BITS) / (mantissa + unit);
  const fixed = doubleAtanh(fraction) + BigInt(exponent + 52) * LOG_2;
  return Number(fixed) / 2 ** Number(BITS);
}
