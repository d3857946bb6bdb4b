// This evaluation against another one of the same dataset: shared images, paired tests, and what flipped.
import { NativeSelect } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatDate, formatFigure, formatP, formatPercent, formatPlural } from '../../../components/format.ts';
import { differenceText } from '../../../components/interval-words.ts';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { Panel } from '../../../components/Page.tsx';
import { TableHead } from '../../../components/TableHead.tsx';
import { useAsync } from '../../../components/use-async.ts';
import type { ScoreSource } from '../../../shared/domain/answer.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { intervalKey } from '../../../shared/metrics/intervals.ts';
import { comparePaired, type PairedReport } from '../../../shared/metrics/pairing.ts';
import type { PairedTests } from '../../../shared/statistics-api.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import { StatisticsStore } from '../../../state/statistics.ts';
import { useIntervals } from '../../../state/use-intervals.ts';
import { AnswerDialog } from './AnswerDialog.tsx';
import { PreferenceSection } from './PreferenceSection.tsx';
import type { ReportAnswer } from './report.ts';
import type { PairedReading } from './report-address.ts';
import { isComparable } from './report-link.ts';
import styles from '../Evaluation.module.css';

/** Rows before "show more". */
const PAGE = 25;

type Paired = PairedReport<ReportAnswer>;

function deLongText({ deLong }: PairedTests, scores: number): string {
  if (!deLong) return 'needs scores of both classes in both';
  const { p, aucA, aucB } = deLong;
  const on = `${formatFigure(aucA)} here, ${formatFigure(aucB)} there on ${formatPlural(scores, 'image')} with both scores`;
  return `${formatP(p)}; ${on}; difference ${differenceText(aucB - aucA, deLong, false)}`;
}

/** @param testKey changes with the answers that are compared */
function PairedFigures({ paired, other, testKey }: { paired: Paired; other: EvalRecord; testKey: string }) {
  const { shared, accuracyA, accuracyB, flips, tested } = paired;
  const statistics = StatisticsStore.useApi();
  const { value: tests, error } = useAsync(testKey, () => statistics.getState().pairedTests(tested));
  const accuracy = useIntervals(paired.request)[intervalKey('delta_accuracy', 'all')];
  if (error) return <ErrorNotice error={error} />;
  const gained = flips.filter(({ kind }) => kind === 'fixed').length;
  const lost = flips.filter(({ kind }) => kind === 'broken').length;
  const rows: [string, string][] = [
    ['Shared images', String(shared)],
    [
      'Accuracy, unparsed = wrong',
      `${formatPercent(accuracyA)} here, ${formatPercent(accuracyB)} in “${other.name}”; difference ${differenceText(accuracyB - accuracyA, accuracy, true)}`,
    ],
    [
      'McNemar, exact binomial',
      tests
        ? `${formatP(tests.mcNemar.p)}; right only here ${tests.mcNemar.onlyARight}, right only there ${tests.mcNemar.onlyBRight}`
        : 'computing…',
    ],
    ['DeLong, AUC', tests ? deLongText(tests, tested.scores.length) : 'computing…'],
    ['Flips', `${formatPlural(flips.length, 'answer')}: ${gained} became right there, ${lost} became wrong`],
  ];
  return (
    <>
      <dl className={styles.parity} data-testid="paired-tests" data-mcnemar={tests?.mcNemar.p ?? ''} data-delong={tests?.deLong?.p ?? ''}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.muted}>
        Differences are there minus here, in brackets 95 % intervals: of accuracy by bootstrap over image pairs, of AUC by DeLong. McNemar
        is the exact test at every count, without the chi-squared approximation. Both p values are two-sided and not corrected for several
        comparisons.
      </p>
    </>
  );
}

const CHANGES = { fixed: 'right there', broken: 'wrong there', other: 'still wrong' } as const;

/** What the paragraphs before the conclusion said: why an answer may have turned. */
function votesOf({ votes }: ReportAnswer): string {
  return votes ? `${votes.fake} fake : ${votes.real} real` : 'no vote';
}

const SIDES = ['here', 'there'] as const;

function FlipTable({ paired, onOpen }: { paired: Paired; onOpen: (flip: PairedReading) => void }) {
  const [count, setCount] = useState(PAGE);
  const { flips } = paired;
  return (
    <>
      <div className={styles.scroll} role="region" aria-label="Flipped answers" tabIndex={0}>
        <table className={styles.table} data-testid="flips" data-value={flips.length}>
          <TableHead columns={['image', 'truth', 'here', 'paragraph votes', 'there', 'paragraph votes', 'change']} />
          <tbody>
            {flips.slice(0, count).map(({ a, b, kind }) => (
              <tr key={a.sampleId}>
                <td>{a.path}</td>
                <td>
                  <LabelMark label={a.label} />
                </td>
                {SIDES.map((where) => {
                  const answer = where === 'here' ? a : b;
                  return [
                    <td key={where}>
                      <button type="button" className={styles.textButton} onClick={() => onOpen({ where, path: a.path })}>
                        <LabelMark label={answer.predict ?? 'unparsed'} />
                        <span className={styles.srOnly}>, read the answer {where}</span>
                      </button>
                    </td>,
                    <td key={`${where}-votes`}>{votesOf(answer)}</td>,
                  ];
                })}
                <td>{CHANGES[kind]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {flips.length > count ? (
        <button type="button" className={styles.textButton} onClick={() => setCount(count + 100)}>
          Show more of {flips.length}
        </button>
      ) : null}
    </>
  );
}

/** Evaluations of the same dataset with how many images they share, those that share most first. */
function withShared(record: EvalRecord, evals: readonly EvalRecord[]): { other: EvalRecord; shared: number }[] {
  const own = new Set(record.sampleIds);
  return evals
    .filter((other) => isComparable(record, other))
    .map((other) => ({ other, shared: other.sampleIds.reduce((count, id) => count + (own.has(id) ? 1 : 0), 0) }))
    .sort((a, b) => b.shared - a.shared || b.other.createdAt - a.other.createdAt);
}

export interface PairedPanelProps {
  record: EvalRecord;
  answers: readonly ReportAnswer[];
  source: ScoreSource;
  /** The other evaluation, as the address names it. */
  otherId: string | null;
  onOther: (id: string | null) => void;
  /** The compared answer that is read; null: none. */
  flip: PairedReading | null;
  onFlip: (flip: PairedReading | null) => void;
}

/** The panel; it asks for nothing until another evaluation is chosen. */
export function PairedPanel({ record, answers, source, otherId, onOther, flip, onFlip }: PairedPanelProps) {
  const evals = EvaluationStore.use((state) => state.evals);
  const { open } = EvaluationStore.useApi().getState();
  const candidates = useMemo(() => withShared(record, evals ?? []), [record, evals]);
  const other = candidates.find(({ other: { id } }) => id === otherId)?.other;
  const otherAnswers = EvaluationStore.use((state) => (other ? state.answers[other.id] : undefined));
  useEffect(() => {
    if (other?.id) void open(other.id);
  }, [open, other?.id]);
  const paired = useMemo(() => (otherAnswers ? comparePaired(answers, otherAnswers, source) : null), [answers, otherAnswers, source]);
  const read = flip && otherAnswers ? (flip.where === 'here' ? answers : otherAnswers).find(({ path }) => path === flip.path) : undefined;
  return (
    <Panel title="Against another evaluation">
      {candidates.length === 0 ? (
        <p className={styles.muted}>
          No other evaluation of this dataset yet. Evaluate a checkpoint on the same images, or drop another answers file, to see what
          changed.
        </p>
      ) : (
        <NativeSelect
          size="xs"
          label="Evaluation"
          data-testid="paired-with"
          value={other?.id ?? ''}
          onChange={(event) => onOther(event.currentTarget.value || null)}
          data={[
            { value: '', label: 'Choose one' },
            ...candidates.map(({ other: { id, name, createdAt }, shared }) => ({
              value: id,
              label: `${name} · ${formatDate(createdAt)} · ${shared === 0 ? 'other images' : formatPlural(shared, 'shared image')}`,
              disabled: shared === 0,
            })),
          ]}
        />
      )}
      {other && otherAnswers && !paired ? <p className={styles.muted}>They share no labelled image.</p> : null}
      {other && otherAnswers && paired ? (
        <PairedFigures paired={paired} other={other} testKey={[other.id, source, answers.length, otherAnswers.length].join('|')} />
      ) : null}
      {paired && paired.flips.length > 0 ? <FlipTable paired={paired} onOpen={onFlip} /> : null}
      {other && otherAnswers ? <PreferenceSection record={record} other={other} answers={answers} otherAnswers={otherAnswers} /> : null}
      {read ? <AnswerDialog answer={read} onImage={null} onClose={() => onFlip(null)} /> : null}
    </Panel>
  );
}
