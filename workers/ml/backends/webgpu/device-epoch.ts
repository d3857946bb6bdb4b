// Which GPU device a tensor belongs to. A tensor of a lost device must never reach the new one: tfjs would try to move it
// synchronously, which kills the browser's GPU process and the new device with it.
import { WorkbenchError } from '../../../../src/shared/errors.ts';

let epoch = 0;

/** Grows by one with every device; owners of long-lived tensors note it when they are made. */
export const currentDeviceEpoch = (): number => epoch;

/** Called once per new device, before any tensor is made on it. */
export function advanceDeviceEpoch(): number {
  epoch += 1;
  return epoch;
}

/**
 * Refuses state of an earlier device.
 * @param stamped the epoch noted when the state was made
 * @param owner what it is, for the message ("KV cache")
 * @throws WorkbenchError E-GPU-LOST
 */
export function assertDeviceEpoch(stamped: number, owner: string): void {
  if (stamped === epoch) return;
  throw new WorkbenchError('E-GPU-LOST', `${owner} belongs to a graphics device that was lost.`, {
    safe: 'Everything stored is unharmed.',
    remedy: 'Load the model again; a run resumes from its last checkpoint.',
    details: { stamped, epoch },
  });
}
