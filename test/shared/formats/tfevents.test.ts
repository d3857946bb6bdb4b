import { describe, expect, it } from 'vitest';
import type { CurvePoint } from '../../../src/shared/formats/curve.ts';
import { crc32c } from '../../../src/shared/formats/crc32c.ts';
import { readEventFile, writeEventFile } from '../../../src/shared/formats/tfevents.ts';

// Written by tensorboard 2.21.0 (RecordWriter and its Event classes) from the values below.
const GOLDEN =
  '1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e4576656e743a32eced8f9d46000000000000007235b9a50900006040fc54d94110012a390a110a0a747261696e2f6c6f7373150000003f0a240a1d747261696e2f726577617264732f7663725f7265776172642f6d65616e150000203f9ec44a203200000000000000241956ec090000c040fc54d94110ac022a240a110a0a747261696e2f6c6f7373150000a0bf0a0f0a086576616c2f616363150000403f15988782';
// The same package, values as TensorFlow 2 writes them: a tensor with raw content and one with a float list.
const GOLDEN_TENSORS =
  '1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e4576656e743a32eced8f9d3f00000000000000516576610900004040fc54d94110022a320a180a0a747261696e2f6c6f7373420a0801120022040000803e0a160a08747261696e2f6b6c420a080112002a040000003e214a5622';
const CREATED_AT = 1_700_000_000_000;
const POINTS: CurvePoint[] = [
  { step: 1, timestamp: CREATED_AT + 1500, metrics: { loss: 0.5, 'rewards/vcr_reward/mean': 0.625 } },
  { step: 300, timestamp: CREATED_AT + 3000, metrics: { loss: -1.25, 'eval/acc': 0.75 } },
];
const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

describe('event files', () => {
  it('use the Castagnoli checksum', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  });

  it('are byte for byte what tensorboard writes', () => {
    expect(toHex(writeEventFile(POINTS, CREATED_AT))).toBe(GOLDEN);
  });

  it('are read back under bare names, with times in milliseconds', () => {
    expect(readEventFile(fromHex(GOLDEN))).toEqual(POINTS);
  });

  it('are read where TensorFlow 2 wrote scalars as tensors', () => {
    expect(readEventFile(fromHex(GOLDEN_TENSORS))).toEqual([{ step: 2, timestamp: CREATED_AT + 1000, metrics: { loss: 0.25, kl: 0.125 } }]);
  });

  it('are refused whole when a byte is changed, when they are cut short, and when they are something else', () => {
    const whole = fromHex(GOLDEN);
    const changed = whole.with(whole.length - 8, 7);
    expect(() => readEventFile(changed)).toThrowError(expect.objectContaining({ code: 'E-CHECKSUM' }));
    expect(() => readEventFile(whole.subarray(0, -3))).toThrowError(
      expect.objectContaining({ code: 'E-SCHEMA', message: expect.stringContaining('cut short') }),
    );
    expect(() => readEventFile(new TextEncoder().encode('step,loss\n1,2'))).toThrowError(expect.objectContaining({ code: 'E-CHECKSUM' }));
    expect(() => readEventFile(new Uint8Array())).toThrowError(expect.objectContaining({ code: 'E-SCHEMA' }));
  });

  it('keep steps beyond 32 bits and negative values', () => {
    const points = [{ step: 2 ** 40 + 1, timestamp: CREATED_AT, metrics: { reward: -0.5 } }];
    expect(readEventFile(writeEventFile(points, CREATED_AT))).toEqual(points);
  });
});
