// An engine that only pretends: it streams prepared answers and invented steps at a watchable pace.
import { presetConfig } from '../../../src/shared/config/presets.ts';
import type { SampleRecord } from '../../../src/shared/domain/sample.ts';
import type { EngineApi, Explanation } from '../../../src/shared/engine-api.ts';
import type { Handlers } from '../../../src/shared/rpc.ts';
import { getCheckpoint } from '../../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { getEval, listAnsweredIds, putAnswers, putEval } from '../../../src/shared/storage/evals.ts';
import { getRun, putRun } from '../../../src/shared/storage/runs.ts';
import { getSample, listSamples } from '../../../src/shared/storage/samples.ts';
import { fakeAnswer, fakeCompletions, fakeMetrics } from './fake-answers.ts';
import { toAnswer } from './seed.ts';
import { appendStep } from '../../support/append-step.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ENGINE = { backend: 'simd', adapter: '2 threads, relaxed SIMD', threads: 2 } as const;

/** Handlers over a seeded database; `paceMs` per token, image or phase. */
export function fakeEngineHandlers(database: () => Promise<Database>, paceMs: number): Partial<Handlers<EngineApi>> {
  const control: { asked: 'pause' | 'stop' | null } = { asked: null };
  return {
    init: () => ({
      ...ENGINE,
      fallbackAdapter: false,
      crossOriginIsolated: true,
      relaxedSimd: true,
      shaderF16: false,
      reason: 'A stand-in for looking at pages.',
    }),
    memory: () => ({ numTensors: 420, liveBytes: 92e6, reservedBytes: 128e6 }),
    control: ({ action }) => {
      if (action !== 'checkpoint') control.asked = action;
      return { accepted: true };
    },
    preflight: async ({ modelId }) => {
      const checkpoint = await getCheckpoint(await database(), modelId);
      return { memoryBytes: 310e6, stepMs: 3200, checkpointBytes: checkpoint?.sizeBytes ?? 41e6 };
    },
    patchSimilarity: ({ texts }) => ({
      gridSize: 8,
      cosines: texts.map((text) =>
        Array.from({ length: 64 }, (_, i) => 0.1 + 0.3 * Math.abs(Math.sin(text.length + i / 5)) * Math.cos((i % 8) / 9)),
      ),
    }),
    explain: async ({ sampleId, numGenerations, modelId }, { progress }): Promise<Explanation> => {
      const db = await database();
      const sample = await getSample(db, sampleId ?? '');
      if (!sample) throw new Error('no sample');
      const others = await listSamples(db, sample.datasetId);
      const answers = Array.from({ length: numGenerations }, (_, i) => fakeAnswer(sample, others, `${modelId}/${i}`, 0.8));
      const first = answers[0]?.completion;
      progress({ kind: 'loading', done: 1, total: 4 });
      await wait(paceMs);
      progress({ kind: 'head', pFakeHead: answers[0]?.pFakeHead ?? 0.5 });
      for (const token of first?.tokens ?? []) {
        await wait(paceMs / 10);
        progress({ kind: 'text', text: first?.text.slice(0, token.end) ?? '', tokenCount: token.id + 1 });
      }
      const rewards = answers.map(({ completion }) => completion.reward);
      const mean = rewards.reduce((a, b) => a + b, 0) / rewards.length;
      return {
        readouts: {
          pFakeHead: answers[0]?.pFakeHead ?? null,
          pFakeToken: answers[0]?.pFakeToken ?? null,
          tokenNames: { real: [' real'], fake: [' fake'] },
          predict: first?.predict ?? null,
          parseRule: first?.parseRule ?? 'none',
        },
        completions: answers.map(({ completion }) => ({ ...completion, advantage: (completion.reward - mean) / 0.05 })),
        elapsedMs: 2400,
        tokensPerSecond: 41,
        gridSize: 8,
        engine: ENGINE,
      };
    },
    evaluate: async ({ evalId }, { progress }) => {
      control.asked = null;
      const db = await database();
      const record = await getEval(db, evalId);
      if (!record) throw new Error('no evaluation');
      const samples = (await Promise.all(record.sampleIds.map((id) => getSample(db, id)))).filter((sample) => sample !== undefined);
      const answered = await listAnsweredIds(db, evalId);
      await putEval(db, { ...record, state: 'running' });
      for (const [index, sample] of samples.entries()) {
        if (answered.has(sample.id)) continue;
        if (control.asked) break;
        await wait(paceMs);
        const last = toAnswer(record, sample, index, samples, 0.8);
        await putAnswers(db, [last]);
        progress({
          state: 'running',
          done: index + 1,
          total: samples.length,
          etaMs: index > 4 ? (samples.length - index) * paceMs : null,
          last,
        });
      }
      const state = control.asked === null ? 'done' : control.asked === 'pause' ? 'paused' : 'stopped';
      await putEval(db, { ...record, state });
      return { state };
    },
    train: async ({ runId }, { progress }) => {
      control.asked = null;
      const db = await database();
      const record = await getRun(db, runId);
      if (!record) throw new Error('no run');
      const samples: SampleRecord[] = (await listSamples(db, record.datasetId)).filter(({ split }) => split === 'train');
      let run = { ...record, state: 'running' as const, config: record.config ?? presetConfig('tiny-demo', 'prpo') };
      progress({ kind: 'state', run });
      while (run.step < run.maxSteps && control.asked === null) {
        const step = run.step + 1;
        for (const phase of ['generate', 'reward', 'logprobs', 'update'] as const) {
          for (let done = 0; done < 4; done++) {
            progress({ kind: 'phase', step, phase, done, total: 4 });
            await wait(paceMs / 8);
          }
        }
        const chosen = [samples[step % samples.length], samples[(step + 9) % samples.length]].flatMap((sample) => sample ?? []);
        const completions = fakeCompletions(runId, step, chosen, run.config.policy.numGenerations, samples);
        run = { ...run, step };
        const stepRecord = {
          runId,
          step,
          timestamp: Date.now(),
          metrics: fakeMetrics(step, runId, 1),
          phaseMs: { generate: 1900, reward: 240, logprobs: 420, update: 800 },
        };
        await appendStep(db, run, stepRecord, completions);
        progress({ kind: 'step', step: stepRecord, completions, etaMs: (run.maxSteps - step) * 2 * paceMs });
      }
      const state = control.asked === null ? 'done' : control.asked === 'pause' ? 'paused' : 'stopped';
      await putRun(db, { ...run, state });
      return { state };
    },
  };
}
