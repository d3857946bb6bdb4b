import { beforeEach, describe, expect, it } from 'vitest';
import { maskedCrc32c } from '../../../src/shared/formats/crc32c.ts';
import { writeEventFile } from '../../../src/shared/formats/tfevents.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { getRun, listRuns, listSteps } from '../../../src/shared/storage/runs.ts';
import { importLog } from '../../../workers/data/exports/import-log.ts';
import { openTestDatabase } from '../../support/database.ts';

const POINTS = [
  { step: 10, timestamp: 1_700_000_001_000, metrics: { loss: 0.5, reward: 0.25 } },
  { step: 20, timestamp: 1_700_000_002_000, metrics: { loss: 0.25, reward: 0.5 } },
];
const entry = (path: string, ...content: BlobPart[]) => ({ path, file: new File(content, path) });

/** The same file with another version in its first event and checksums that fit. */
function ofVersion(events: Uint8Array<ArrayBuffer>, version: string): Uint8Array<ArrayBuffer> {
  const changed = events.slice();
  const at = Buffer.from(events).indexOf('brain.Event:2') + 'brain.Event:'.length;
  changed.set(new TextEncoder().encode(version), at);
  const view = new DataView(changed.buffer);
  const length = Number(view.getBigUint64(0, true));
  view.setUint32(12 + length, maskedCrc32c(changed.subarray(12, 12 + length)), true);
  return changed;
}

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
});

describe('importing a log', () => {
  it.each([
    ['logs/events.out.tfevents.1700000000.host', writeEventFile(POINTS, 1_700_000_000_000)],
    ['trainer_state.json', JSON.stringify({ max_steps: 20, log_history: POINTS.map(({ step, metrics }) => ({ step, ...metrics })) })],
    ['Curve.CSV', 'step,loss,reward\n10,0.5,0.25\n20,0.25,0.5\n'],
    [
      'verl.jsonl',
      POINTS.map(({ step, metrics }) =>
        JSON.stringify({ step, data: { 'actor/pg_loss': metrics.loss, 'critic/rewards/mean': metrics.reward } }),
      ).join('\n'),
    ],
  ])('makes a finished run of %s', async (path, content) => {
    const { runId, steps } = await importLog(entry(path, content), '1', db);
    expect(steps).toBe(2);
    expect(await getRun(db, runId)).toMatchObject({
      state: 'done',
      algorithm: 'grpo',
      step: 20,
      maxSteps: 20,
      importedFrom: path.split('/').at(-1),
    });
    expect((await listSteps(db, runId)).map(({ step, metrics }) => ({ step, metrics }))).toEqual(
      POINTS.map(({ step, metrics }) => ({ step, metrics })),
    );
  });

  it('stores nothing of a damaged, empty or unknown log', async () => {
    const events = writeEventFile(POINTS, 0);
    await expect(importLog(entry('x.tfevents.1', events.slice(0, -1)), '1', db)).rejects.toMatchObject({ code: 'E-SCHEMA' });
    await expect(importLog(entry('x.tfevents.1', events.with(60, 1)), '1', db)).rejects.toMatchObject({ code: 'E-CHECKSUM' });
    await expect(importLog(entry('c.csv', 'step,loss\n'), '1', db)).rejects.toMatchObject({
      code: 'E-SCHEMA',
      message: expect.stringContaining('no scalar'),
    });
    await expect(importLog(entry('notes.txt', 'hello'), '1', db)).rejects.toMatchObject({ code: 'E-SCHEMA' });
    const newer = ofVersion(writeEventFile(POINTS, 0), '3');
    await expect(importLog(entry('x.tfevents.1', newer), '1', db)).rejects.toMatchObject({
      message: expect.stringContaining('brain.Event:3'),
    });
    const large = entry('curve.csv', 'step,loss\n1,2\n');
    Object.defineProperty(large.file, 'size', { value: 600e6 });
    await expect(importLog(large, '1', db)).rejects.toMatchObject({ code: 'E-UNSUPPORTED', message: expect.stringContaining('600 MB') });
    expect(await listRuns(db)).toEqual([]);
  });
});
