// What a result was computed with.

/** Which engine computed a result; part of every record so that it can be repeated. */
export interface EngineStamp {
  backend: 'webgpu' | 'simd';
  adapter: string;
  threads: number;
  /** Of the weights that each new token read; absent = f32. */
  precision?: 'f16' | 'q8';
}
