// Rotary tables against those of transformers' LlamaRotaryEmbedding (test/fixtures/rope-scaling).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDxLlavaConfig } from '../../../workers/ml/model/config.ts';
import { RopeTables } from '../../../workers/ml/model/language-model.ts';
import { useReferenceBackend } from './tiny.ts';

interface Tables {
  positions: number[];
  cases: { name: string; config: Record<string, unknown>; headWidth: number; cos: number[][]; sin: number[][] }[];
}
const { positions, cases }: Tables = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/rope-scaling/tables.json'), 'utf8'));

const OTHERS = {
  num_attention_heads: 2,
  intermediate_size: 8,
  num_hidden_layers: 1,
  vocab_size: 16,
  mm_projector_type: 'mlp2x_gelu',
  vision_config: { architecture: 'convnext', depths: [1], dims: [4], image_size: 16 },
};

describe('rotary tables', () => {
  beforeAll(useReferenceBackend);

  it('are compared with every kind of scaling', () => {
    expect(cases).toHaveLength(7);
  });

  it.each(cases)('$name: as transformers has them', async ({ config, headWidth, cos, sin }) => {
    const tables = new RopeTables(parseDxLlavaConfig({ ...OTHERS, ...config, hidden_size: 2 * headWidth }).language);
    const half = headWidth / 2;
    const rows = (values: ArrayLike<number>) => positions.map((at) => Array.from({ length: half }, (_, i) => values[at * half + i] ?? NaN));
    const [own, theirs] = [
      [rows(await tables.cos.data()), rows(await tables.sin.data())],
      [cos, sin],
    ];
    tables.dispose();
    // Theirs multiplies in float32: at position 255 the angle itself is off by up to 1.5e-5.
    const difference = own.flat(2).map((value, i) => Math.abs(value - (theirs.flat(2)[i] ?? NaN)));
    expect(Math.max(...difference)).toBeLessThan(3e-5);
  });
});
