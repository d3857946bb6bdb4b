// Thins out the checkpoints of a run by a rule, shown with sizes before anything goes.
import { Button, Modal, NativeSelect, NumberInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { formatBytes, formatPlural } from '../../components/format.ts';
import { metricWords } from '../../components/metric-words.ts';
import type { RunRecord } from '../../shared/domain/run.ts';
import { lowerIsBetter } from '../../shared/metrics/direction.ts';
import type { ModelEntry } from '../../state/models.ts';
import { KeptAnswersNote } from './KeptAnswersNote.tsx';
import { prunePlan } from './lineage.ts';
import styles from './ModelsPage.module.css';
import { useDiscard } from './use-discard.ts';

interface PruneDialogProps {
  models: readonly ModelEntry[];
  runs: readonly RunRecord[];
  onClose: () => void;
}

/** Runs with more than one checkpoint, by id. */
export function prunableRuns(models: readonly ModelEntry[]): string[] {
  const counts = new Map<string, number>();
  for (const { checkpoint } of models) if (checkpoint?.runId) counts.set(checkpoint.runId, (counts.get(checkpoint.runId) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([id]) => id);
}

/** Keep the best and the last N of one run. */
export function PruneDialog({ models, runs, onClose }: PruneDialogProps) {
  const discard = useDiscard();
  const ids = prunableRuns(models);
  const [runId, setRunId] = useState(ids[0] ?? '');
  const [keepLast, setKeepLast] = useState(1);
  const own = useMemo(() => models.filter(({ checkpoint }) => checkpoint?.runId === runId), [models, runId]);
  const metrics = [...new Set(own.flatMap((model) => Object.keys(model.metrics)))];
  const [keepBest, setKeepBest] = useState('reward');
  const plan = prunePlan(own, models, runs, { keepLast, keepBest: metrics.includes(keepBest) ? keepBest : null });
  const prune = () => {
    discard(plan.removed);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Prune checkpoints of a run" size={560}>
      <div className={styles.form}>
        <NativeSelect
          size="xs"
          label="Run"
          value={runId}
          onChange={(event) => setRunId(event.currentTarget.value)}
          data={ids.map((id) => ({ value: id, label: runs.find((run) => run.id === id)?.name ?? id }))}
        />
        <NumberInput
          label="Keep the last"
          min={0}
          max={1000}
          allowDecimal={false}
          value={keepLast}
          onChange={(value) => setKeepLast(typeof value === 'number' ? value : 0)}
        />
        <NativeSelect
          size="xs"
          label="Keep the best by"
          value={metrics.includes(keepBest) ? keepBest : ''}
          onChange={(event) => setKeepBest(event.currentTarget.value)}
          data={[
            { value: '', label: 'none' },
            ...metrics.map((name) => ({ value: name, label: `${metricWords(name)}, ${lowerIsBetter(name) ? 'lowest' : 'highest'}` })),
          ]}
        />
        <ul className={styles.plan} data-testid="prune-plan" data-removed={plan.removed.length} data-bytes={plan.freedBytes}>
          {plan.kept.map(({ model, reason }) => (
            <li key={model.id}>
              keep step {model.step} <span className={styles.note}>{reason}</span>
            </li>
          ))}
          {plan.removed.map((model) => (
            <li key={model.id}>
              delete step {model.step} <span className={styles.note}>{formatBytes(model.sizeBytes)}</span>
            </li>
          ))}
        </ul>
        <KeptAnswersNote models={plan.removed} />
        {plan.removed.some(({ checkpoint }) => checkpoint?.resumable) ? (
          <p className={styles.note}>The run can then resume only from the steps that are kept.</p>
        ) : null}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            Keep all
          </Button>
          <Button onClick={prune} disabled={plan.removed.length === 0} data-testid="prune-start">
            Delete {formatPlural(plan.removed.length, 'checkpoint')}, {formatBytes(plan.freedBytes)}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
