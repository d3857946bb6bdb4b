// The largest number of bytes in tensors while something runs. tfjs keeps only the present number, so its counter is watched.
import { engine } from '@tensorflow/tfjs-core';

/**
 * Runs work and notes the peak of tfjs's own byte count, which every allocation and disposal changes.
 * @returns the work's result and the peak, what was there before included
 */
export async function withPeakBytes<Result>(work: () => Promise<Result>): Promise<{ result: Result; peakBytes: number }> {
  const { state } = engine();
  let current = state.numBytes;
  let peakBytes = current;
  const watch = { get: () => current, set: (value: number) => ((current = value), (peakBytes = Math.max(peakBytes, value))) };
  Object.defineProperty(state, 'numBytes', { ...watch, configurable: true, enumerable: true });
  try {
    const result = await work();
    return { result, peakBytes };
  } finally {
    Object.defineProperty(state, 'numBytes', { value: current, writable: true, configurable: true, enumerable: true });
  }
}
