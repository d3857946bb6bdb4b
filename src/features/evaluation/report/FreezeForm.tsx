// Freezes a threshold: the rule, the validation evaluation that decides, and one click where there is none yet.
import { Button, NativeSelect } from '@mantine/core';
import { IconLock, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatDate, formatPlural } from '../../../components/format.ts';
import { useOneAtATime } from '../../../components/use-one-at-a-time.ts';
import type { ScoreSource } from '../../../shared/domain/answer.ts';
import type { EvalRecord, ThresholdRule } from '../../../shared/domain/run.ts';
import type { ErrorRecord } from '../../../shared/errors.ts';
import { toErrorRecord } from '../../../shared/errors.ts';
import { mayChooseFor, THRESHOLD_RULES } from '../../../shared/metrics/frozen-threshold.ts';
import { DatasetsStore } from '../../../state/datasets.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import { StatisticsStore } from '../../../state/statistics.ts';
import styles from '../Evaluation.module.css';

const RULES: ThresholdRule[] = ['fpr-5', 'max-f1', 'max-balanced-accuracy'];

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Evaluations that may decide, newest first, and one that is still on its way. */
function useValidation(record: EvalRecord) {
  const { evals, live, waiting, refresh } = EvaluationStore.use((state) => state);
  useEffect(() => {
    void refresh();
  }, [refresh]);
  return useMemo(() => {
    const others = (evals ?? []).filter(({ id, sweepOf }) => id !== record.id && sweepOf === undefined);
    const onItsWay = others.find((other) => other.state !== 'done' && mayChooseFor(record, { ...other, state: 'done' }));
    const isActive = onItsWay !== undefined && (live?.evalId === onItsWay.id || waiting.includes(onItsWay.id));
    return { ready: others.filter((other) => mayChooseFor(record, other)), onItsWay, isActive, live };
  }, [evals, live, waiting, record]);
}

function NoValidation({ record }: { record: EvalRecord }) {
  const { validate, resume } = EvaluationStore.useApi().getState();
  const { onItsWay, isActive, live } = useValidation(record);
  const [error, setError] = useState<ErrorRecord | null>(null);
  const asking = useOneAtATime(async () => {
    await validate(record.id).catch((thrown: unknown) => setError(toErrorRecord(thrown)));
  });
  const count = DatasetsStore.use((state) => state.datasets.find(({ id }) => id === record.datasetId))?.counts.reduce(
    (sum, row) => sum + (row.split === 'val' ? row.count : 0),
    0,
  );
  if (record.imported) {
    return (
      <p className={styles.muted}>
        Drop the answers file of the validation images too, with its question file: it can decide for this one where both name their images
        and none of its images lies in a train or test folder.
      </p>
    );
  }
  if (onItsWay) {
    return (
      <p className={styles.muted} data-testid="threshold-validating">
        <Link to={`/eval/${onItsWay.id}`}>{onItsWay.name}</Link>{' '}
        {isActive
          ? `is being made${live?.evalId === onItsWay.id ? `: ${live.done} of ${live.total}` : ''}. The button follows.`
          : 'is not finished. '}
        {isActive ? null : (
          <button type="button" className={styles.textButton} onClick={() => void resume(onItsWay.id)}>
            Go on with it
          </button>
        )}
      </p>
    );
  }
  if (!count) {
    return (
      <p className={styles.muted}>
        {count === undefined
          ? 'The dataset is not in this browser, so its validation images cannot be asked.'
          : 'The dataset has no validation split: give some images of it the split val, or import one.'}
      </p>
    );
  }
  return (
    <>
      {error ? <ErrorNotice error={error} onDismiss={() => setError(null)} /> : null}
      <div className={styles.tools}>
        <Button
          variant="default"
          data-testid="threshold-validate"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          loading={asking.isBusy}
          onClick={asking.run}
        >
          Evaluate the {formatPlural(count, 'validation image')}
        </Button>
        <span className={styles.muted}>Same model, prompt and settings, on images that this report has not seen.</span>
      </div>
    </>
  );
}

interface FreezeFormProps {
  record: EvalRecord;
  source: ScoreSource;
  onFrozen: () => void;
}

/** The form under the slider. */
export function FreezeForm({ record, source, onFrozen }: FreezeFormProps) {
  const { loadScores, change } = EvaluationStore.useApi().getState();
  const api = EvaluationStore.useApi();
  const { ready } = useValidation(record);
  const [rule, setRule] = useState<ThresholdRule>('fpr-5');
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const statistics = StatisticsStore.useApi();
  const validation = ready.find(({ id }) => id === chosenId) ?? ready[0];
  const freeze = async () => {
    if (!validation) return;
    await loadScores([validation, record]);
    const { scores } = api.getState();
    const answersOf = (id: string) => scores[id]?.answers ?? [];
    const threshold = await statistics.getState().freezeThreshold({
      tested: { record, answers: answersOf(record.id) },
      validation: { record: validation, answers: answersOf(validation.id) },
      source,
      rule,
    });
    setProblem(threshold ? null : 'The validation answers have no scores of both classes; no threshold can be chosen on them.');
    if (!threshold) return;
    await change(record.id, { threshold });
    onFrozen();
  };
  return (
    <section className={styles.freeze} aria-label="Freeze a threshold on the validation split">
      <h3>Freeze on val</h3>
      {validation ? (
        <div className={styles.freezeRow}>
          <NativeSelect
            size="xs"
            label="Rule"
            data-testid="threshold-rule"
            value={rule}
            onChange={(event) => setRule(RULES.find((name) => name === event.currentTarget.value) ?? 'fpr-5')}
            data={RULES.map((name) => ({ value: name, label: upperFirst(THRESHOLD_RULES[name]) }))}
          />
          <NativeSelect
            size="xs"
            label="Decided by"
            data-testid="threshold-validation"
            value={validation.id}
            onChange={(event) => setChosenId(event.currentTarget.value)}
            data={ready.map(({ id, name, createdAt, sampleIds }) => ({
              value: id,
              label: `${name}, ${sampleIds.length} images, ${formatDate(createdAt)}`,
            }))}
          />
          <Button
            data-testid="threshold-freeze"
            leftSection={<IconLock size={14} aria-hidden />}
            onClick={() => void freeze().catch((thrown: unknown) => setProblem(toErrorRecord(thrown).message))}
          >
            {record.threshold ? 'Freeze anew' : 'Freeze'}
          </Button>
        </div>
      ) : (
        <NoValidation record={record} />
      )}
      {problem ? <p role="alert">{problem}</p> : null}
    </section>
  );
}
