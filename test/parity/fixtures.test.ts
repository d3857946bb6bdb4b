// The reference fixtures of text rules, rewards, statistics, objectives and trainers; those of the model are in test/ml/model.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createBackendStarter } from './backend.ts';
import { runFixture } from './runner.ts';

const FIXTURES = [
  'prpo-rewards-a',
  'prpo-rewards-b',
  'yake-a',
  'yake-b',
  'advantages-a',
  'token-map-a',
  'metrics-a',
  'preprocess-b',
  'preprocess-c',
  'text-overlap-a',
  'tokenizer-llama-a',
  'tokenizer-clip-a',
  'tokenizer-bytelevel-a',
  'tokenizer-llama-b',
  'tokenizer-clip-b',
  'tokenizer-bytelevel-b',
  'tokenizer-llama-c',
  'tokenizer-bytelevel-c',
  'policy-loss-paper-a',
  'policy-loss-released-a',
  'policy-loss-grpo-verl-a',
  'policy-loss-grpo-trl-a',
  'policy-loss-released-b',
  'policy-loss-grpo-trl-b',
  'policy-loss-grpo-verl-b',
  'policy-loss-paper-b',
  'prpo-update-paper-a',
  'prpo-update-released-a',
  'prpo-update-grpo-verl-b',
  'prpo-update-grpo-trl-b',
  'sft-curve-a',
];

describe('parity with the reference', () => {
  const useBackend = createBackendStarter('simd');

  it.each(FIXTURES)('%s is equal within its limits', async (name) => {
    const path = fileURLToPath(new URL(`../fixtures/${name}/fixture.json`, import.meta.url));
    const result = await runFixture(path, useBackend);
    expect(result.reason).toBeUndefined();
    expect(result.failures).toEqual([]);
    expect(result.checks.length).toBeGreaterThan(4);
  });
});
