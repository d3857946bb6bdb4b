// Job numbers and the layout of the first memory page. Compiled by AssemblyScript (kernels) and TypeScript (engine) alike.

/** One number a kernel; index.ts maps it to the function. */
export const enum Op {
  packPanels,
  gemm,
  rmsNorm,
  rmsNormGradX,
  rmsNormGradWeight,
  layerNorm,
  layerNormGradX,
  layerNormGradWeight,
  columnSum,
  columnDot,
  rope,
  attention,
  attentionGrad,
  decodeAttention,
  decodeHeads,
  swiglu,
  swigluGrad,
  swigluPairs,
  biasGelu,
  biasGeluGrad,
  scaleResidual,
  scaleColumns,
  depthwise,
  depthwiseGradWeight,
  patchify,
  unpatchify,
  embedding,
  embeddingGrad,
  tokenLogProbs,
  tokenLogProbsGrad,
  sampleTokens,
  sumSquares,
  adamw,
  add,
  subtract,
  multiply,
  multiplyScalar,
  broadcast,
  sumMiddle,
  copyRows,
  transpose,
}

/** Arithmetic of `Op.broadcast`: y = a (op) b, where b is the operand that repeats. */
export const enum Arithmetic {
  add,
  subtract,
  multiply,
  divide,
  /** b - a. */
  subtractFrom,
  /** b / a. */
  divideInto,
}

/** Byte addresses of the control words. Each atomic word has a cache line of its own. */
export const enum Control {
  /** Chunks not yet claimed; counts down below 0. */
  chunks = 64,
  /** Chunks finished. */
  done = 128,
  /** Increases with every job; idle threads wait on it. */
  generation = 192,
  /** Number of threads asleep. */
  asleep = 256,
  /** 1 while the engine sleeps for the last chunks. */
  waiting = 320,
  /** Threads that died: each took one chunk with it. */
  failed = 384,
  /** Loads to spin before sleeping. */
  spin = 448,
  /** Scratch pointer of each thread. */
  scratch = 512,
  /** Op, units, units per chunk. */
  job = 1024,
  /** int32 arguments. */
  ints = 1088,
  /** float32 arguments. */
  floats = 1280,
  /** First address for tensors. */
  heap = 65536,
}
