// Which answers changed between two runs, from evaluations on the same images.
import { NativeSelect } from '@mantine/core';
import { Link } from 'react-router';
import { formatDate, formatPercent, formatPlural } from '../../../components/format.ts';
import { Panel } from '../../../components/Page.tsx';
import type { EvalRecord, RunRecord } from '../../../shared/domain/run.ts';
import type { CompareAddress } from './address.ts';
import type { RunEvaluations } from './flip-choice.ts';
import { comparableWith } from './flip-choice.ts';
import { FlipFigures, FlipTable } from './FlipTable.tsx';
import type { ChangeView } from './use-compare-view.ts';
import { useFlips } from './use-flips.ts';
import styles from './Compare.module.css';

interface FlipsPanelProps {
  runs: readonly RunRecord[];
  view: CompareAddress;
  change: ChangeView;
}

/** What is missing for this run, and the way to get it. */
function Missing({ of: { run, evals, checkpoint } }: { of: RunEvaluations }) {
  if (evals.length > 0) return null;
  return (
    <li data-testid="flips-missing" data-run-id={run.id}>
      {run.name}: no checkpoint of it was evaluated; there are only the answers of its own training steps, which other runs did not give.{' '}
      {checkpoint ? (
        <Link to={`/eval/new?model=${encodeURIComponent(checkpoint.id)}&dataset=${encodeURIComponent(run.datasetId)}`}>
          Evaluate step {checkpoint.step}
        </Link>
      ) : (
        'It has no stored checkpoint that could be evaluated.'
      )}
    </li>
  );
}

const nameOf = ({ name, modelName, createdAt }: EvalRecord): string => `${name} · ${modelName} · ${formatDate(createdAt)}`;

function Choice({ label, testId, value, evals, onChange }: ChoiceProps) {
  return (
    <NativeSelect
      className={styles.grow}
      size="xs"
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value || null)}
      data={[{ value: '', label: 'Choose one' }, ...evals.map((record) => ({ value: record.id, label: nameOf(record) }))]}
      data-testid={testId}
    />
  );
}

interface ChoiceProps {
  label: string;
  testId: string;
  value: string;
  evals: readonly EvalRecord[];
  onChange: (id: string | null) => void;
}

/** Fixed and broken samples with McNemar's test; what is missing where the runs were not evaluated. */
export function FlipsPanel({ runs, view, change }: FlipsPanelProps) {
  const { done, byRun, a, b, isRead, flips } = useFlips(runs, view);
  const choose = (first: string | null, second: string | null) => change({ flips: [first, second] });
  return (
    <Panel title="Answers that changed" aside="needs two evaluations on the same images">
      <ul className={styles.missing}>
        {byRun.map((one) => (
          <Missing key={one.run.id} of={one} />
        ))}
      </ul>
      {done.length >= 2 ? (
        <div className={styles.controls}>
          <Choice label="Before" testId="flips-a" value={a?.id ?? ''} evals={done} onChange={(id) => choose(id, b?.id ?? null)} />
          <Choice
            label="After"
            testId="flips-b"
            value={b?.id ?? ''}
            evals={a ? comparableWith(a, done) : done}
            onChange={(id) => choose(a?.id ?? null, id)}
          />
        </div>
      ) : null}
      {a && b && isRead && !flips ? <p className={styles.muted}>They share no labelled image.</p> : null}
      {a && b && flips ? (
        <>
          <FlipFigures flips={flips} />
          <p className={styles.muted} data-testid="flips" data-shared={flips.shared} data-flips={flips.flips.length}>
            Of {formatPlural(flips.shared, 'image')} {formatPercent(flips.rightA / flips.shared)} were answered right before and{' '}
            {formatPercent(flips.rightB / flips.shared)} after; an unparsed answer counts as wrong.
          </p>
          <FlipTable flips={flips.flips} a={a} b={b} />
        </>
      ) : null}
    </Panel>
  );
}
