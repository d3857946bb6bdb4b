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
  keepTokens,
  repeatLists,
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

/** Byte addresses of the control words. Each word that several threads write has a cache line of its own. */
export const enum Control {
  /** Chunks of the open job that nobody has claimed; counts down below 0. */
  chunks = 64,
  /** Chunks of the open job that are finished. */
  done = 128,
  /** Increases with every list; idle threads wait on it. */
  generation = 192,
  /** Not 0: a thread may be asleep. Whoever wakes them sets it to 0. */
  asleep = 256,
  /** 1 while the engine sleeps because others have the last chunks. */
  waiting = 320,
  /** Threads that died: each took one chunk with it. */
  failed = 384,
  /** Loads to spin before sleeping. */
  spin = 448,
  /** Scratch pointer of each thread. */
  scratch = 512,
  /** Address of the open job; 0 when nobody is at the list, because it is finished or because more jobs were just added. */
  open = 768,
  /** Chunks of the open job. */
  total = 772,
  /** Where the list ends; the engine may add jobs while it runs. */
  end = 776,
  /** First job of the list that has not been opened; up to date while nobody is at the list. */
  next = 780,
  /** Record of a job that is a list of its own. */
  job = 1024,
  /** Numbers of the polynomials (math.ts). */
  numbers = 4096,
  /** First address for tensors. */
  heap = 65536,
}

/** Byte offsets in the record of a job. A list is records one behind the other. */
export const enum Job {
  op = 0,
  units = 4,
  unitsPerChunk = 8,
  chunks = 12,
  /** int32 arguments. */
  ints = 16,
  /** Of `sampleTokens`: number of the token. */
  drawStep = 48,
  /** Of `keepTokens`: tokens kept so far. */
  keptToken = 52,
  /** float32 arguments. */
  floats = 128,
  /** Of the chunks: how many are smaller than the others, and their units. */
  smallChunks = 184,
  smallUnits = 188,
  /** Length of a record. */
  bytes = 192,
}
