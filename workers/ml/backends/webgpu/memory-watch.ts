// Tells when a graphics device has no memory for a buffer. WebGPU throws only where the buffer is to be written by the CPU; all
// others are refused afterwards, while what was recorded on them goes wrong in silence.
import { WorkbenchError } from '../../../../src/shared/errors.ts';

export interface MemoryWatch {
  /** Bytes that the device holds for us now. */
  allocatedBytes: () => number;
  /** A buffer was refused; the work since then is worth nothing. */
  onRefused: (error: WorkbenchError) => void;
}

/** Wraps the making of buffers on this one device. */
export function watchMemory(device: GPUDevice, { allocatedBytes, onRefused }: MemoryWatch): void {
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const availableBytes = allocatedBytes();
    device.pushErrorScope('out-of-memory');
    try {
      return createBuffer(descriptor);
    } catch (error) {
      throw error instanceof RangeError ? refused(descriptor.size, availableBytes) : error;
    } finally {
      device.popErrorScope().then(
        (error) => error && onRefused(refused(descriptor.size, availableBytes)),
        () => undefined, // the device is lost, which is told elsewhere
      );
    }
  };
}

function refused(sizeBytes: number, availableBytes: number): WorkbenchError {
  const message = `The graphics device has no memory for a buffer of ${(sizeBytes / 1e6).toFixed(1)} MB beside ${(availableBytes / 1e6).toFixed(1)} MB.`;
  return new WorkbenchError('E-MEMORY', message, {
    safe: 'Everything stored is unharmed.',
    remedy: 'Choose a smaller batch or model.',
    details: { availableBytes },
  });
}
