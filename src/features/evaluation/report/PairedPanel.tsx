// This evaluation against another one on the same images: is the difference more than chance, and which answers flipped.
import { NativeSelect } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { formatDate, formatFigure, formatP, formatPercent, formatPlural } from '../../../components/format.ts';
import { useAsync } from '../../../components/use-async.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { Panel } from '../../../components/Page.tsx';
import { TableHead } from '../../../components/TableHead.tsx';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import type { PairedTests } from '../../../shared/statistics-api.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import { StatisticsStore } from '../../../state/statistics.ts';
import type { PairedReport } from './paired.ts';
import { comparePaired } from './paired.ts';
import type { ScoreSource } from '../../../shared/domain/answer.ts';
import type { ReportAnswer } from './report.ts';
import styles from '../Evaluation.module.css';

const MAX_FLIPS = 40;

function deLongText({ deLong }: PairedTests): string {
  if (!deLong) return 'needs scores of both classes in both';
  return `${formatP(deLong.p)}; ${formatFigure(deLong.aucA)} here, ${formatFigure(deLong.aucB)} there`;
}

/** @param testKey changes with the answers that are compared */
function PairedFigures({ paired, other, testKey }: { paired: PairedReport; other: EvalRecord; testKey: string }) {
  const { shared, accuracyA, accuracyB, flips, tested } = paired;
  const statistics = StatisticsStore.useApi();
  const { value: tests, error } = useAsync(testKey, () => statistics.getState().pairedTests(tested));
  if (error) return <ErrorNotice error={error} />;
  const gained = flips.filter(({ kind }) => kind === 'fixed').length;
  const lost = flips.filter(({ kind }) => kind === 'broken').length;
  return (
    <dl className={styles.parity} data-testid="paired-tests" data-mcnemar={tests?.mcNemar.p ?? ''} data-delong={tests?.deLong?.p ?? ''}>
      <div>
        <dt>Shared images</dt>
        <dd>{shared}</dd>
      </div>
      <div>
        <dt>Accuracy, unparsed = wrong</dt>
        <dd>
          {formatPercent(accuracyA)} here, {formatPercent(accuracyB)} in &ldquo;{other.name}&rdquo;
        </dd>
      </div>
      <div>
        <dt>McNemar, exact</dt>
        <dd>
          {tests
            ? `${formatP(tests.mcNemar.p)}; right only here ${tests.mcNemar.onlyARight}, right only there ${tests.mcNemar.onlyBRight}`
            : 'computing…'}
        </dd>
      </div>
      <div>
        <dt>DeLong, AUC</dt>
        <dd>{tests ? deLongText(tests) : 'computing…'}</dd>
      </div>
      <div>
        <dt>Flips</dt>
        <dd>
          {formatPlural(flips.length, 'answer')}: {gained} became right there, {lost} became wrong
        </dd>
      </div>
    </dl>
  );
}

function FlipTable({ paired }: { paired: PairedReport }) {
  return (
    <div className={styles.scroll} role="region" aria-label="Flipped answers" tabIndex={0}>
      <table className={styles.table}>
        <TableHead columns={['image', 'truth', 'here', 'there', 'change']} />
        <tbody>
          {paired.flips.slice(0, MAX_FLIPS).map(({ a, b, kind }) => (
            <tr key={a.sampleId}>
              <td>{a.path}</td>
              <td>
                <LabelMark label={a.label} />
              </td>
              <td>
                <LabelMark label={a.predict ?? 'unparsed'} />
              </td>
              <td>
                <LabelMark label={b.predict ?? 'unparsed'} />
              </td>
              <td>{kind === 'fixed' ? 'right there' : kind === 'broken' ? 'wrong there' : 'still wrong'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The panel; it asks for nothing until another evaluation is chosen. */
export function PairedPanel({ record, answers, source }: { record: EvalRecord; answers: readonly ReportAnswer[]; source: ScoreSource }) {
  const { evals, open, refresh } = EvaluationStore.use((state) => state);
  const [otherId, setOtherId] = useState('');
  const otherAnswers = EvaluationStore.use((state) => state.answers[otherId]);
  useEffect(() => {
    void refresh();
  }, [refresh]);
  const candidates = (evals ?? []).filter(({ id, datasetId }) => id !== record.id && datasetId === record.datasetId);
  const other = candidates.find(({ id }) => id === otherId);
  const paired = useMemo(() => (otherAnswers ? comparePaired(answers, otherAnswers, source) : null), [answers, otherAnswers, source]);
  return (
    <Panel title="Against another evaluation">
      {candidates.length === 0 ? (
        <p className={styles.muted}>
          No other evaluation of this dataset yet. Evaluate a checkpoint on the same images to see what changed.
        </p>
      ) : (
        <NativeSelect
          size="xs"
          label="Evaluation"
          value={otherId}
          onChange={(event) => {
            setOtherId(event.currentTarget.value);
            if (event.currentTarget.value) void open(event.currentTarget.value);
          }}
          data={[
            { value: '', label: 'Choose one' },
            ...candidates.map(({ id, name, createdAt }) => ({ value: id, label: `${name} · ${formatDate(createdAt)}` })),
          ]}
        />
      )}
      {other && otherAnswers && !paired ? <p className={styles.muted}>They share no labelled image.</p> : null}
      {other && otherAnswers && paired ? (
        <PairedFigures paired={paired} other={other} testKey={[other.id, source, answers.length, otherAnswers.length].join('|')} />
      ) : null}
      {paired && paired.flips.length > 0 ? <FlipTable paired={paired} /> : null}
    </Panel>
  );
}
