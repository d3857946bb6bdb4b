// One batch of a run that is never stored: what each phase takes, what it needs at its peak, and what the whole run would take.
// It works on a model of its own, so neither the stored weights nor those in memory change.
import type { TrainConfig } from '../../src/shared/config/config.ts';
import type { DryRunReport } from '../../src/shared/domain/preview.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import { listSamples } from '../../src/shared/storage/samples.ts';
import { withPeakBytes } from '../ml/peak-bytes.ts';
import type { Algorithm, AlgorithmStep } from './algorithm.ts';
import type { AlgorithmSetup } from './algorithm-setup.ts';
import { createAlgorithm } from './create-algorithm.ts';
import type { EngineParts } from './engine-parts.ts';
import { probe } from './probe.ts';
import { probeSamples, trainingData } from './training-data.ts';
import { writeTrainerState } from './trainer-state.ts';

/** Probe images that are timed; the rest is estimated from them. */
const TIMED_PROBES = 8;

type Params = EngineApi['dryRun']['params'];
interface Hooks {
  signal: AbortSignal;
  progress: (progress: EngineApi['dryRun']['progress']) => void;
}

/** @throws E-MISSING for an unknown model, E-CONFIG, E-CONTEXT, E-CANCELLED */
export async function dryRun(parts: EngineParts, { config, modelId, datasetId }: Params, hooks: Hooks): Promise<DryRunReport> {
  const samples = await listSamples(parts.db, datasetId);
  const data = trainingData(samples, config);
  const model = await parts.models.open(modelId);
  try {
    const setup = { model, images: parts.images, data, config };
    const probed = config.evalSteps > 0 ? probeSamples(samples, config) : [];
    const { result, peakBytes } = await withPeakBytes(() => stepAndProbe(setup, probed, hooks));
    return { ...reportOf(result, config), peakBytes, reservedBytes: parts.backend.memory().reservedBytes };
  } finally {
    model.detector.model.language.adapter = null;
    model.dispose();
  }
}

interface TimedStep {
  step: AlgorithmStep;
  stateMs: number;
  stateBytes: number;
  /** null where nothing is probed. */
  probeMs: number | null;
}

/** In the run, too, optimizer, reference and adapter are there while it probes. */
async function stepAndProbe(setup: AlgorithmSetup, probed: readonly SampleRecord[], hooks: Hooks): Promise<TimedStep> {
  const { signal, progress } = hooks;
  const algorithm = createAlgorithm(setup);
  try {
    const step = await algorithm.step(0, { signal, onPhase: (phase, done, total) => progress({ phase, done, total }) });
    signal.throwIfAborted();
    const begin = performance.now();
    const files = await writeTrainerState(algorithm.trained, { step: 1, updates: 1, consecutiveSkips: 0, numTokens: 0 });
    const stateMs = performance.now() - begin;
    const probeMs = probed.length > 0 ? await timedProbe(setup, algorithm, probed, hooks) : null;
    return { step, stateMs, stateBytes: files.reduce((sum, { blob }) => sum + blob.size, 0), probeMs };
  } finally {
    algorithm.dispose();
  }
}

async function timedProbe(
  { model, images, config }: AlgorithmSetup,
  algorithm: Algorithm,
  samples: readonly SampleRecord[],
  { signal, progress }: Hooks,
): Promise<number> {
  const timed = samples.slice(0, TIMED_PROBES);
  const begin = performance.now();
  await probe(model, images, timed, config, { signal, onProgress: (done, total) => progress({ phase: 'probe', done, total }) });
  await algorithm.evaluate(timed, signal);
  return ((performance.now() - begin) * samples.length) / timed.length;
}

type Measured = Omit<DryRunReport, 'peakBytes' | 'reservedBytes'>;

function reportOf({ step, stateMs, stateBytes, probeMs }: TimedStep, { maxSteps, evalSteps }: TrainConfig): Measured {
  const phaseMs = { ...step.phaseMs, checkpoint: stateMs };
  const stepMs = Object.values(phaseMs).reduce((sum, ms) => sum + ms, 0);
  const probes = evalSteps > 0 ? Math.floor(maxSteps / evalSteps) : 0;
  const generateMs = phaseMs.generate ?? 0;
  const written = step.completions.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
  return {
    metrics: Object.fromEntries(Object.entries(step.metrics).filter(([, value]) => Number.isFinite(value))),
    phaseMs,
    stepMs,
    probeMs,
    totalMs: maxSteps * stepMs + probes * (probeMs ?? 0),
    stateBytes,
    answers: step.completions.length,
    tokensPerSecond: generateMs > 0 ? (1000 * written) / generateMs : null,
    skipped: step.skipped,
  };
}
