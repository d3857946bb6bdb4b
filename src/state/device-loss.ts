// What the user is told when the graphics device was lost and the engine has gone on without it.
import { WorkbenchError } from '../shared/errors.ts';
import type { EngineStatus } from '../shared/engine-api.ts';
import type { NoticesState } from './notices.ts';

const SAFE = 'Everything up to the last finished step or answer is stored; the work goes on from there by itself.';
const SMALLER = { to: '/train/new?preset=tiny-demo', label: 'Open a smaller preset' };

/** One loss: it went on. Two: the CPU has taken over, and what would need less of the device. */
export function tellDeviceLoss({ deviceLosses = 0, backend }: EngineStatus, notices: Pick<NoticesState, 'raise' | 'tell'>): void {
  if (backend === 'webgpu') {
    notices.tell('The graphics device was lost and made anew. The work goes on from its last stored step or answer.');
    return;
  }
  notices.raise(
    new WorkbenchError(
      'E-GPU-LOST',
      `The graphics device was lost ${deviceLosses === 1 ? 'once' : `${deviceLosses} times`}; the CPU engine has taken over.`,
      {
        safe: SAFE,
        remedy: 'Stay with the CPU, or reload the page and train with a smaller preset: fewer answers per image and shorter ones.',
        details: { deviceLosses },
      },
    ),
    SMALLER,
  );
}
