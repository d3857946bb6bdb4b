// Step time, speed, memory and remaining time of a run, in one line.
import { useEffect } from 'react';
import { formatBytes, formatDuration } from '../../../components/format.ts';
import type { RunRecord, StepRecord } from '../../../shared/domain/run.ts';
import { EngineStore } from '../../../state/engine.ts';
import type { LiveRun } from '../../../state/run-state.ts';
import { runSpeed } from './run-speed.ts';
import styles from '../Training.module.css';

/** What the engine holds, asked again after every step while the run is live. */
function useMemory(isLive: boolean, step: number): string | null {
  const memory = EngineStore.use((state) => state.memory);
  const refresh = EngineStore.use((state) => state.refreshMemory);
  useEffect(() => {
    if (isLive && step >= 0) void refresh(); // a new step is the moment to ask again
  }, [isLive, step, refresh]);
  return isLive && memory ? `${formatBytes(memory.reservedBytes)} held, ${formatBytes(memory.liveBytes)} in tensors` : null;
}

export interface RunFiguresProps {
  run: RunRecord;
  live: LiveRun | null;
  steps: readonly StepRecord[];
}

/** Entries without a value are left out. */
export function RunFigures({ run, live, steps }: RunFiguresProps) {
  const { algorithm, config } = run;
  const isPolicy = algorithm === 'grpo' || algorithm === 'prpo';
  const answers = isPolicy ? config.policy.numGenerations * config.policy.promptsPerStep : 0;
  const { stepMs, tokensPerSecond, generatedPerSecond } = runSpeed(steps, answers);
  const memory = useMemory(live !== null, run.step);
  const entries: [name: string, text: string | null][] = [
    ['Step', stepMs === null ? null : formatDuration(stepMs)],
    ['Training', tokensPerSecond === null ? null : `${Math.round(tokensPerSecond)} tokens/s`],
    ['Generating', generatedPerSecond === null ? null : `${Math.round(generatedPerSecond)} tokens/s`],
    ['Memory', memory],
    ['Left', live?.etaMs ? `about ${formatDuration(live.etaMs)}` : null],
  ];
  const known = entries.filter(([, text]) => text !== null);
  if (known.length === 0) return null;
  return (
    <dl className={styles.figureLine} data-testid="run-figures">
      {known.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
