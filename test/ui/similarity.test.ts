import { expect, it } from 'vitest';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { createInspectionStore } from '../../src/state/inspection.ts';
import { similarityKey } from '../../src/state/explanation-key.ts';
import type { InspectionDeps } from '../../src/state/inspection-state.ts';

it('a similarity map that could not be computed is tried again when it is asked for again, one that is there is not', async () => {
  const answers = [
    () => Promise.reject(new WorkbenchError('E-GPU-LOST', 'The device was lost.')),
    () => Promise.resolve({ gridSize: 1, cosines: [[0.5]] }),
  ];
  let calls = 0;
  const engine = { patchSimilarity: () => answers[calls++]?.() };
  const deps = { engine, unstoredImage: () => undefined } as unknown as InspectionDeps;
  const store = createInspectionStore(deps);
  const shown = () => store.getState().similarity[similarityKey('m', 'd/1', 'skin')];
  const load = () => store.getState().loadSimilarity('m', 'd/1', 'skin');
  await load();
  expect(shown()).toMatchObject({ code: 'E-GPU-LOST' });
  await load();
  expect(shown()).toEqual({ gridSize: 1, cosines: [0.5] });
  await load();
  expect(calls).toBe(2);
});
