// Minimal valid records for tests; each takes the fields that matter.
import { DEFAULT_EVAL, presetConfig } from '../../src/shared/config/presets.ts';
import type { AnswerRecord } from '../../src/shared/domain/answer.ts';
import type { CompletionRecord, EvalRecord, RunRecord, StepRecord } from '../../src/shared/domain/run.ts';
import type { DatasetRecord, SampleRecord } from '../../src/shared/domain/sample.ts';

export function someDataset(fields: Partial<DatasetRecord> & { id: string }): DatasetRecord {
  return {
    name: fields.id,
    createdAt: 1,
    source: 'folder',
    synthetic: false,
    state: 'ready',
    contentHash: '',
    imageCount: 0,
    annotationCount: 0,
    sizeBytes: 0,
    counts: [],
    ...fields,
  };
}

export function someSample(fields: Partial<SampleRecord> & { datasetId: string; path: string }): SampleRecord {
  return {
    id: `${fields.datasetId}/${fields.path}`,
    domain: 'aster',
    split: 'test',
    label: 'fake',
    width: 8,
    height: 8,
    sizeBytes: 3,
    format: 'png',
    exifOrientation: 1,
    sha256: 'ab',
    problems: [],
    tags: [],
    ...fields,
  };
}

const UNSCORED = { paragraphs: [], cutParagraphs: 0, predict: null, parseRule: 'none', formatScore: 0, reward: 0, votes: null } as const;

export function someEval(fields: Partial<EvalRecord> & { id: string }): EvalRecord {
  return {
    name: fields.id,
    createdAt: 1,
    updatedAt: 1,
    state: 'running',
    config: DEFAULT_EVAL,
    datasetId: 'd',
    datasetName: 'd',
    datasetHash: '',
    modelId: 'm',
    modelName: 'm',
    synthetic: false,
    sampleIds: [],
    codeVersion: 'test',
    ...fields,
  };
}

export function someAnswer(fields: Partial<AnswerRecord> & { evalId: string; sampleId: string }): AnswerRecord {
  return {
    ...UNSCORED,
    paragraphs: [],
    index: 0,
    path: fields.sampleId,
    domain: 'aster',
    label: 'fake',
    text: '',
    pFakeHead: null,
    pFakeToken: null,
    truncated: false,
    tokenCount: 0,
    elapsedMs: 0,
    ...fields,
  };
}

export function someRun(fields: Partial<RunRecord> & { id: string }): RunRecord {
  return {
    name: fields.id,
    createdAt: 1,
    updatedAt: 1,
    state: 'running',
    algorithm: 'prpo',
    config: presetConfig('tiny-demo', 'prpo'),
    datasetId: 'd',
    datasetName: 'd',
    datasetHash: '',
    baseModelId: 'm',
    baseModelName: 'm',
    step: 0,
    maxSteps: 10,
    checkpointIds: [],
    codeVersion: 'test',
    skippedSteps: 0,
    ...fields,
  };
}

export function someStep(runId: string, step: number): StepRecord {
  return { runId, step, timestamp: step, metrics: { reward: step / 10 }, phaseMs: {} };
}

export function someCompletion(runId: string, step: number, index: number): CompletionRecord {
  return {
    ...UNSCORED,
    paragraphs: [],
    runId,
    step,
    index,
    group: 0,
    sampleId: 'd/a.png',
    path: 'a.png',
    label: 'fake',
    text: '',
    advantage: 0,
    tokenCount: 0,
    terminated: true,
    unassignedTokens: 0,
  };
}
