// Numbers of the sampler, the same in every backend (../../sample-tokens.ts, points 2 and 3). Compiled by AssemblyScript (kernel) and
// TypeScript (reference, WGSL) alike.

/**
 * 2^f = 1 + f (exp1 + f (exp2 + f (exp3 + f exp4))) for f in [0, 1), each number times 2^16: a fit of our own with the largest
 * relative error, 1.4e-5, made small over all 65536 values of f.
 */
export const enum Sampling {
  exp1 = 45419,
  exp2 = 15820,
  exp3 = 3410,
  exp4 = 888,
  /** Weight of the largest logit, 2^22: sums of 2^18 of them times a 24-bit number fit into 64 bits. */
  one = 4194304,
  /** Exponents below this, in units of 2^-16, give weight 0: -31 * 2^16. */
  least = -2031616,
  /** A share of 1, 2^24. */
  whole = 16777216,
  /** Largest vocabulary, 2^18. */
  largestVocabulary = 262144,
}
