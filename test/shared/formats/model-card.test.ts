import { describe, expect, it } from 'vitest';
import type { CheckpointRecord } from '../../../src/shared/domain/run.ts';
import { modelCard } from '../../../src/shared/formats/model-card.ts';
import { someRun } from '../../support/records.ts';

const record: CheckpointRecord = {
  id: 'r-step-3', name: 'My: run', kind: 'lora', createdAt: 1, runId: 'r', step: 3, parentId: 'nano: "x"', sizeBytes: 1, sha256: '',
  complete: true, resumable: false, files: [], metrics: { reward: 0.5 }, tiny: true,
}; // prettier-ignore

describe('a model card', () => {
  it('repeats the run: data with its hash, seed, settings, engine', () => {
    const run = someRun({ id: 'r', datasetName: 'DF', datasetHash: 'abc123', engine: { backend: 'simd', adapter: 'CPU', threads: 2 } });
    const card = modelCard({ modelId: 'r-step-3', layout: 'peft', record, run });
    expect(card).toContain('| data | DF, content SHA-256 abc123 |');
    expect(card).toMatch(/\| seed \| \d+ \|/);
    expect(card).toContain('| engine | simd, CPU, 2 threads |');
    expect(card).toContain('trained for 3 steps with prpo');
    expect(card).toContain('| reward | 0.5 |');
  });

  it('begins with a front matter whose texts cannot break it', () => {
    const lines = modelCard({ modelId: 'm', layout: 'peft', record, run: undefined }).split('\n');
    expect(lines.slice(0, 3)).toEqual(['---', 'base_model: "nano: \\"x\\""', 'library_name: peft']);
  });

  it('says its limits, and that a tiny model is one; of a merged model what it was made from', () => {
    const card = modelCard({
      modelId: 'm',
      layout: 'llava',
      record: { ...record, note: 'Adapter folded into full weights' },
      run: undefined,
    });
    expect(card).toContain('not proof');
    expect(card).toContain('It is a tiny model');
    expect(card).toContain('It was made from `nano: "x"`: Adapter folded into full weights.');
    expect(card).not.toContain('## Training');
  });
});
