// The complementary error function to about 1e-15, which Math lacks: 1 - erf by its series, the tail by Lentz's continued fraction.

function errorSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (-x * x) / k;
    sum += term / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function tailFraction(x: number): number {
  // erfc(x) = exp(-x^2) / sqrt(pi) * 1 / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...))))
  let fraction = 0;
  for (let k = 120; k >= 1; k--) fraction = k / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** erfc(x) for x >= 0; 2 P(Z > x sqrt 2) of a standard normal Z. */
export function complementaryError(x: number): number {
  if (x === 0) return 1;
  if (x === Infinity) return 0;
  return x < 2 ? 1 - errorSeries(x) : tailFraction(x);
}
