// The reference fixtures on the plain backend; `npm run parity` does the same on the fast ones.
import { fileURLToPath } from 'node:url';
import { memory } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { runFixture } from '../../parity/runner.ts';
import { useReferenceBackend } from './tiny.ts';

const FIXTURES = ['clip-a', 'dx-llava-gqa', 'dx-llava-textonly-a', 'lora-a'];

for (const name of FIXTURES) {
  test(`${name} equals the reference within its limits and leaves no tensor behind`, async () => {
    await useReferenceBackend();
    const before = memory().numTensors;
    const result = await runFixture(fileURLToPath(new URL(`../../fixtures/${name}/fixture.json`, import.meta.url)), useReferenceBackend);
    expect(result.reason).toBeUndefined();
    expect(result.failures).toEqual([]);
    expect(result.checks.length).toBeGreaterThan(10);
    expect(memory().numTensors).toBe(before);
  });
}
