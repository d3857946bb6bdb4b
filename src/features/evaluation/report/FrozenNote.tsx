// The frozen threshold of an evaluation in words, and what its temperature does to the calibration.
import { useMemo } from 'react';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import { formatFigure, formatHash, formatPercent } from '../../../components/format.ts';
import { errorRateText, SOURCE_NAMES, thresholdOrigin } from '../../../components/threshold-words.ts';
import type { AnswerRecord } from '../../../shared/domain/answer.ts';
import type { EvalRecord, FrozenThreshold } from '../../../shared/domain/run.ts';
import { answerScores } from '../../../shared/metrics/answer-scores.ts';
import { calibrationMetrics } from '../../../shared/metrics/calibration.ts';
import { scaleScores, TEMPERATURE_RANGE } from '../../../shared/metrics/temperature.ts';
import { ratesOf } from '../../../shared/metrics/threshold.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import styles from '../Evaluation.module.css';

/** What a temperature says; at the edge of the search it says only in which direction. */
function temperatureText(temperature: number | null): string {
  if (temperature === null) return '';
  if (temperature < TEMPERATURE_RANGE[0] * 1.05)
    return 'the edge of the range, for these images are separated without a fault; more are needed.';
  if (temperature > TEMPERATURE_RANGE[1] / 1.05) return 'the edge of the range: the scores say next to nothing about these images.';
  return temperature > 1 ? 'the scores were too sure.' : 'the scores were not sure enough.';
}

interface CalibrationTableProps {
  threshold: FrozenThreshold;
  answers: readonly AnswerRecord[];
}

/** Figures of these images before and after the temperature that was fitted on others. */
function CalibrationTable({ threshold: { source, temperature }, answers }: CalibrationTableProps) {
  const scores = useMemo(() => answerScores(answers, source), [answers, source]);
  const before = calibrationMetrics(scores);
  const after = temperature === null ? null : calibrationMetrics(scaleScores(scores, temperature));
  if (!after) return null;
  const rows = [
    { name: 'ece', label: 'Calibration error (ECE)', show: (value: number | null) => (value === null ? '–' : formatPercent(value)) },
    { name: 'brier', label: 'Brier score', show: (value: number | null) => formatFigure(value) },
    { name: 'nll', label: 'Negative log-likelihood', show: (value: number | null) => formatFigure(value) },
  ] as const;
  return (
    <div className={styles.scroll} role="region" aria-label="Calibration before and after" tabIndex={0}>
      <table className={styles.table} data-testid="temperature" data-value={temperature}>
        <caption className={styles.caption}>
          Temperature {formatFigure(temperature, 2)}, fitted on the same validation images by likelihood: {temperatureText(temperature)} The
          order of the images, AUC and every decision at the threshold stay as they are.
        </caption>
        <TableHead columns={['on these images', ...numberHeads('before', 'after')]} />
        <tbody>
          {rows.map(({ name, label, show }) => (
            <tr key={name}>
              <th scope="row">{label}</th>
              <td data-testid="calibration-before" data-name={name} data-value={before[name] ?? ''}>
                {show(before[name])}
              </td>
              <td data-testid="calibration-after" data-name={name} data-value={after[name] ?? ''}>
                {show(after[name])}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What was frozen, where it came from and what it does on these images. */
export function FrozenNote({
  record,
  threshold,
  answers,
}: {
  record: EvalRecord;
  threshold: FrozenThreshold;
  answers: readonly AnswerRecord[];
}) {
  const change = EvaluationStore.use((state) => state.change);
  const { fpr, recall } = ratesOf(threshold.measured);
  return (
    <section
      className={styles.frozen}
      aria-label="Frozen threshold"
      data-testid="frozen-threshold"
      data-value={threshold.value}
      data-source={threshold.source}
      data-rule={threshold.rule}
      data-fpr={fpr ?? ''}
      data-tpr={recall ?? ''}
    >
      <p>
        <b>
          Frozen: {SOURCE_NAMES[threshold.source]} from {formatFigure(threshold.value)} on.
        </b>{' '}
        On these images at this threshold, {errorRateText(threshold.measured)}.
      </p>
      <p className={styles.muted}>
        {thresholdOrigin(threshold)} Data {formatHash(threshold.from.datasetHash)}. On the validation images{' '}
        {errorRateText(threshold.from.counts)}.
      </p>
      <CalibrationTable threshold={threshold} answers={answers} />
      <button type="button" className={styles.textButton} onClick={() => void change(record.id, { threshold: undefined })}>
        Forget this threshold
      </button>
    </section>
  );
}
