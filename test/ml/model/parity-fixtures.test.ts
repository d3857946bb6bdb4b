// The reference fixtures on the plain backend and on `simd`; `npm run parity` does the same for any folder.
import { fileURLToPath } from 'node:url';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { loadSimdNode } from '../../../workers/node/load-simd.ts';
import { runFixture } from '../../parity/runner.ts';
import { useReferenceBackend } from './tiny.ts';

const FIXTURES = ['clip-a', 'dx-llava-gqa', 'dx-llava-textonly-a', 'dx-llava-b', 'lora-a', 'lora-b', 'lora-c', 'lora-curve-b'];
const BACKENDS: Record<string, () => Promise<void>> = {
  reference: useReferenceBackend,
  simd: async () => void (await loadSimdNode()),
};

describe.each(Object.entries(BACKENDS))('on %s', (_, useBackend) => {
  test.each(FIXTURES)('%s equals the reference within its limits and leaves no tensor behind', async (name) => {
    await useBackend();
    const before = memory().numTensors;
    const path = fileURLToPath(new URL(`../../fixtures/${name}/fixture.json`, import.meta.url));
    const result = await runFixture(path, () => Promise.resolve());
    expect(result.reason).toBeUndefined();
    expect(result.failures).toEqual([]);
    expect(result.checks.length).toBeGreaterThan(10);
    expect(memory().numTensors).toBe(before);
  });
});
