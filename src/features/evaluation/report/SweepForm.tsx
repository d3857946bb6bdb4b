// Which changes of the pictures a robustness sweep makes.
import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatCount, formatPlural } from '../../../components/format.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import type { ErrorRecord } from '../../../shared/errors.ts';
import { toErrorRecord } from '../../../shared/errors.ts';
import { PERTURBATIONS, perturbationLabel, perturbationName, type Perturbation } from '../../../shared/image/perturb.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import { TYPICAL_SWEEP } from './robustness.ts';
import styles from '../Evaluation.module.css';

interface ChoiceProps {
  chosen: ReadonlySet<string>;
  /** Done or under way: they cannot be chosen again. */
  taken: ReadonlySet<string>;
  onToggle: (name: string) => void;
}

function Choices({ chosen, taken, onToggle }: ChoiceProps) {
  return (
    <div className={styles.sweepKinds}>
      {PERTURBATIONS.map(({ kind, label, help, levels }) => (
        <fieldset key={kind} className={styles.sweepKind}>
          <legend>{label}</legend>
          <div className={styles.tools}>
            {levels.map((level) => {
              const name = perturbationName({ kind, level });
              return (
                <button
                  key={name}
                  type="button"
                  className={styles.levelButton}
                  aria-pressed={taken.has(name) || chosen.has(name)}
                  title={perturbationLabel({ kind, level })}
                  disabled={taken.has(name)}
                  data-testid="sweep-level"
                  data-name={name}
                  onClick={() => onToggle(name)}
                >
                  <span className={styles.srOnly}>{label} </span>
                  {level}
                </button>
              );
            })}
          </div>
          <p className={styles.muted}>{help}</p>
        </fieldset>
      ))}
    </div>
  );
}

const ALL: readonly Perturbation[] = PERTURBATIONS.flatMap(({ kind, levels }) => levels.map((level) => ({ kind, level })));

/** Open where there are no rows yet, else behind a summary. */
export function SweepForm({ record, rows }: { record: EvalRecord; rows: readonly EvalRecord[] }) {
  const sweep = EvaluationStore.use((state) => state.sweep);
  const taken = new Set(rows.flatMap(({ config }) => (config.perturbation ? [perturbationName(config.perturbation)] : [])));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(TYPICAL_SWEEP.map(perturbationName)));
  const [error, setError] = useState<ErrorRecord | null>(null);
  const wanted = ALL.filter((one) => chosen.has(perturbationName(one)) && !taken.has(perturbationName(one)));
  const toggle = (name: string) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    setChosen(next);
  };
  const start = () => {
    setChosen(new Set());
    void sweep(record.id, wanted).catch((thrown: unknown) => setError(toErrorRecord(thrown)));
  };
  const form = (
    <div className={styles.stack}>
      <Choices chosen={chosen} taken={taken} onToggle={toggle} />
      {error ? <ErrorNotice error={error} onDismiss={() => setError(null)} /> : null}
      <div className={styles.tools}>
        <Button
          variant="default"
          data-testid="sweep-start"
          disabled={wanted.length === 0}
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          onClick={start}
        >
          {wanted.length === 0
            ? 'Choose at least one change'
            : `Ask again about ${formatPlural(wanted.length, 'change')} × ${formatCount(record.sampleIds.length)} images`}
        </Button>
        <span className={styles.muted}>Each change is an evaluation of its own: it can be paused, reloaded and opened.</span>
      </div>
    </div>
  );
  if (rows.length === 0) return form;
  return (
    <details>
      <summary>More changes</summary>
      {form}
    </details>
  );
}
