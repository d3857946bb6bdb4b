// What a run will cost, before it starts: memory, time, storage.
import { useDebouncedValue } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { formatBytes, formatDuration, formatFigure, formatPlural } from '../../../components/format.ts';
import { Panel } from '../../../components/Page.tsx';
import type { TrainConfig } from '../../../shared/config/config.ts';
import { selectionOf } from '../../../shared/config/presets.ts';
import type { EngineApi, StorageEstimate } from '../../../shared/engine-api.ts';
import { toErrorRecord } from '../../../shared/errors.ts';
import { RunStore } from '../../../state/run.ts';
import { StorageStore } from '../../../state/storage.ts';
import styles from '../Training.module.css';

type Estimate = EngineApi['preflight']['result'];

export interface PreflightProps {
  config: TrainConfig;
  modelId: string | null;
  datasetId: string;
  imageCount: number;
  isValid: boolean;
  /** Takes smaller settings into the form. */
  onSmaller: (config: TrainConfig) => void;
  /** Below the estimates: the dry run. */
  children?: ReactNode;
}

/** Settings rarely hold still while they are edited. */
const WAIT_MS = 500;

type Asked = Pick<PreflightProps, 'config' | 'modelId' | 'datasetId' | 'isValid'>;

function useEstimate({ config, modelId, datasetId, isValid }: Asked): { estimate: Estimate | null; reason: string } {
  const [settled] = useDebouncedValue(config, WAIT_MS);
  const preflight = RunStore.use((state) => state.preflight);
  const [result, setResult] = useState<{ estimate: Estimate | null; reason: string }>({ estimate: null, reason: 'Asking the engine…' });
  useEffect(() => {
    if (!modelId || !isValid) return undefined;
    let isCurrent = true;
    preflight(settled, modelId, datasetId)
      .then((estimate) => isCurrent && setResult({ estimate, reason: '' }))
      .catch((error: unknown) => isCurrent && setResult({ estimate: null, reason: `No estimate: ${toErrorRecord(error).message}` }));
    return () => {
      isCurrent = false;
    };
  }, [settled, modelId, datasetId, isValid, preflight]);
  return result;
}

/** Images that a run sees, counted with repeats. */
function imagesSeen({ algorithm, maxSteps, policy, sft }: TrainConfig): number {
  const perStep =
    algorithm === 'grpo' || algorithm === 'prpo' ? policy.promptsPerStep : sft.perDeviceTrainBatchSize * sft.gradientAccumulationSteps;
  return maxSteps * perStep;
}

function memoryText({ memoryBytes, mostMemoryBytes = memoryBytes }: Estimate): string {
  const about = `about ${formatBytes(memoryBytes)} at its peak`;
  return mostMemoryBytes > memoryBytes * 1.1 ? `${about}, ${formatBytes(mostMemoryBytes)} if every answer reaches its limit` : about;
}

/** More than the engine can take: what fits, each one click from the form. Nothing where the run fits or the device does not tell. */
function TooMuchMemory({ estimate, onSmaller }: { estimate: Estimate | null } & Pick<PreflightProps, 'onSmaller'>) {
  const { limitBytes = Infinity, memoryBytes = 0, smaller = [] } = estimate ?? {};
  if (memoryBytes <= limitBytes) return null;
  return (
    <div className={styles.tooMuch} role="status" data-testid="preflight-smaller">
      <p>
        This engine can take {formatBytes(limitBytes)}, so the run would end for want of memory.
        {smaller.length === 0 ? ' No smaller batch fits either: choose a smaller model.' : ' These settings fit:'}
      </p>
      <ul>
        {smaller.map(({ text, memoryBytes: bytes, config }) => (
          <li key={text}>
            <button type="button" className={styles.textButton} onClick={() => onSmaller(config)}>
              {text}
            </button>{' '}
            (about {formatBytes(bytes)})
          </li>
        ))}
      </ul>
    </div>
  );
}

/** An answer limit that the model's context has no room for: the run would end before its first step. */
function TooLong({ config, answerRoom, onSmaller }: Pick<PreflightProps, 'config' | 'onSmaller'> & { answerRoom: number }) {
  const { policy } = config;
  if (policy.maxCompletionLength <= answerRoom) return null;
  return (
    <div className={styles.tooMuch} role="status" data-testid="preflight-too-long" data-room={answerRoom}>
      <p>
        Behind the prompt this model has room for {formatPlural(answerRoom, 'token')}, so a run with answers of up to{' '}
        {policy.maxCompletionLength} ends at once.
      </p>
      {answerRoom > 0 ? (
        <button
          type="button"
          className={styles.textButton}
          onClick={() => onSmaller({ ...config, policy: { ...policy, maxCompletionLength: answerRoom } })}
        >
          Set the answer length limit to {answerRoom}
        </button>
      ) : null}
    </div>
  );
}

/** What is kept, what is needed meanwhile, and a warning where the browser has less left. */
function StorageText({ storage, hasBest }: { storage: StorageEstimate; hasBest: boolean }) {
  const { checkpoints, checkpointsBytes, answers, recordsBytes, workingBytes } = storage;
  const freeBytes = StorageStore.use(({ quotaBytes, usedBytes }) => (quotaBytes > 0 ? quotaBytes - usedBytes : Infinity));
  const neededBytes = checkpointsBytes + recordsBytes + workingBytes;
  return (
    <>
      about {formatBytes(checkpointsBytes + recordsBytes)}: {formatBytes(checkpointsBytes)} for {formatPlural(checkpoints, 'checkpoint')}
      {hasBest ? ', the best one among them' : ''}, {formatBytes(recordsBytes)} for{' '}
      {answers > 0 ? `${formatPlural(answers, 'answer')} and the curves` : 'the curves'}. While it works {formatBytes(workingBytes)} more,
      to go on from.
      {neededBytes > freeBytes ? (
        <b data-testid="preflight-too-large">
          {' '}
          The browser has {formatBytes(Math.max(0, freeBytes))} left: keep fewer checkpoints, or make room.
        </b>
      ) : null}
    </>
  );
}

/** The estimate panel; it never blocks the start. */
export function Preflight({ config, modelId, datasetId, imageCount, isValid, onSmaller, children }: PreflightProps) {
  const { estimate, reason } = useEstimate({ config, modelId, datasetId, isValid });
  const available = config.sampleSize > 0 ? Math.min(config.sampleSize, imageCount) : imageCount;
  const isPolicy = config.algorithm === 'grpo' || config.algorithm === 'prpo';
  const answers = config.policy.numGenerations * config.policy.promptsPerStep;
  return (
    <Panel title="Before you start">
      <dl className={styles.estimate}>
        <dt>Work</dt>
        <dd>
          {formatPlural(config.maxSteps, 'step')}
          {isPolicy ? ` of ${formatPlural(answers, 'answer')} to ${formatPlural(config.policy.promptsPerStep, 'image')}` : ''}
        </dd>
        <dt>Data</dt>
        <dd>
          {formatPlural(imagesSeen(config), 'image')} seen, {formatFigure(imagesSeen(config) / available, 1)} passes over {available}
        </dd>
        <dt>Memory</dt>
        <dd data-testid="preflight-memory">{estimate ? memoryText(estimate) : '–'}</dd>
        <dt>Time</dt>
        <dd>
          {estimate?.stepMs
            ? `about ${formatDuration(estimate.stepMs)} per step, ${formatDuration(estimate.stepMs * config.maxSteps)} in all`
            : 'known after the first step'}
        </dd>
        <dt>Storage</dt>
        <dd data-testid="preflight-storage">
          {estimate?.storage ? <StorageText storage={estimate.storage} hasBest={selectionOf(config).loadBestModelAtEnd} /> : '–'}
        </dd>
      </dl>
      <p className={styles.muted}>{reason || 'Estimates; the run shows what it really uses.'}</p>
      <TooMuchMemory estimate={isValid ? estimate : null} onSmaller={onSmaller} />
      {isValid && isPolicy && estimate?.answerRoom !== undefined ? (
        <TooLong config={config} answerRoom={estimate.answerRoom} onSmaller={onSmaller} />
      ) : null}
      {children}
    </Panel>
  );
}
