// Where to cut the score: a slider with live counts, and the threshold that was frozen on validation images.
import { useMemo } from 'react';
import { formatFigure, formatPercent } from '../../../components/format.ts';
import { intervalText } from '../../../components/interval-words.ts';
import { Panel } from '../../../components/Page.tsx';
import { SOURCE_NAMES } from '../../../components/threshold-words.ts';
import { useSettled } from '../../../components/use-settled.ts';
import type { AnswerRecord, ScoreSource } from '../../../shared/domain/answer.ts';
import type { Label } from '../../../shared/domain/sample.ts';
import type { EvalRecord, ThresholdCounts } from '../../../shared/domain/run.ts';
import { answerScores } from '../../../shared/metrics/answer-scores.ts';
import { wilsonInterval } from '../../../shared/metrics/proportion.ts';
import { countsAt, ratesOf } from '../../../shared/metrics/threshold.ts';
import { FreezeForm } from './FreezeForm.tsx';
import { FrozenNote } from './FrozenNote.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import type { SampleList } from './sample-lists.ts';
import styles from '../Evaluation.module.css';

interface ThresholdFigure {
  name: string;
  label: string;
  value: number | null;
  /** Part and whole where the figure is a simple share. */
  share: [number, number] | null;
}

function figuresOf(counts: ThresholdCounts): ThresholdFigure[] {
  const { tp, fp, tn, fn } = counts;
  const { accuracy, precision, recall, f1, fpr, balancedAccuracy } = ratesOf(counts);
  return [
    { name: 'fpr', label: 'Real called fake (FPR)', value: fpr, share: [fp, fp + tn] },
    { name: 'tpr', label: 'Fake called fake (TPR, recall)', value: recall, share: [tp, tp + fn] },
    { name: 'precision', label: 'Precision', value: precision, share: [tp, tp + fp] },
    { name: 'f1', label: 'F1 (fake)', value: f1, share: null },
    { name: 'accuracy', label: 'Accuracy', value: accuracy, share: [tp + tn, tp + tn + fp + fn] },
    { name: 'balanced_accuracy', label: 'Balanced accuracy', value: balancedAccuracy, share: null },
  ];
}

const COUNT_CELLS: { label: Label; cells: { side: Label; key: keyof ThresholdCounts }[] }[] = [
  {
    label: 'real',
    cells: [
      { side: 'real', key: 'tn' },
      { side: 'fake', key: 'fp' },
    ],
  },
  {
    label: 'fake',
    cells: [
      { side: 'real', key: 'fn' },
      { side: 'fake', key: 'tp' },
    ],
  },
];

interface CountsProps {
  counts: ThresholdCounts;
  open: SampleList;
  onOpen: (list: SampleList) => void;
}

/** Each count opens its images. */
function Counts({ counts, open, onOpen }: CountsProps) {
  return (
    <table
      className={styles.table}
      data-testid="threshold-counts"
      data-tp={counts.tp}
      data-fp={counts.fp}
      data-tn={counts.tn}
      data-fn={counts.fn}
    >
      <caption className={styles.caption}>Truth against the score; choose a count to list its images</caption>
      <TableHead columns={['truth', 'below: real', 'from it on: fake']} />
      <tbody>
        {COUNT_CELLS.map(({ label, cells }) => (
          <tr key={label}>
            <th scope="row">is {label}</th>
            {cells.map(({ side, key }) => (
              <td key={key}>
                <button
                  type="button"
                  className={styles.countButton}
                  data-testid="threshold-cell"
                  data-name={key}
                  aria-pressed={open === `cut-${label}-${side}`}
                  onClick={() => onOpen(`cut-${label}-${side}`)}
                >
                  {counts[key]}
                  <span className={styles.srOnly}>
                    {' '}
                    {label} images {side === 'fake' ? 'from the threshold on' : 'below the threshold'}: list them
                  </span>
                </button>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Figures({ counts }: { counts: ThresholdCounts }) {
  return (
    <table className={styles.table}>
      <TableHead columns={['at this threshold', ...numberHeads('figure', '95 % interval')]} />
      <tbody>
        {figuresOf(counts).map(({ name, label, value, share }) => (
          <tr key={name}>
            <th scope="row">{label}</th>
            <td className={styles.figure} data-testid="threshold-figure" data-name={name} data-value={value ?? ''}>
              {value === null ? '–' : formatPercent(value)}
            </td>
            <td className={styles.bounds}>{intervalText(share && wilsonInterval(...share), true)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface SliderProps {
  value: number;
  /** Marked on the track; null where none is frozen. */
  frozen: number | null;
  onChange: (value: number) => void;
}

function ThresholdSlider({ value, frozen, onChange }: SliderProps) {
  const isFrozen = frozen !== null && Math.abs(value - frozen) < 5e-4;
  return (
    <div className={styles.threshold}>
      <label htmlFor="threshold-slider">
        Counts as fake from <b>{formatFigure(value)}</b>
        {frozen === null ? '' : isFrozen ? ', the frozen threshold' : `; frozen: ${formatFigure(frozen)}`}
      </label>
      <input
        id="threshold-slider"
        data-testid="threshold-slider"
        type="range"
        min={0}
        max={1}
        step={0.001}
        value={value}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      />
      {frozen !== null && !isFrozen ? (
        <button type="button" className={styles.textButton} onClick={() => onChange(frozen)}>
          Back to the frozen threshold
        </button>
      ) : null}
    </div>
  );
}

export interface ThresholdPanelProps {
  record: EvalRecord;
  answers: readonly AnswerRecord[];
  source: ScoreSource;
  /** In force: moved, frozen or 0.5. */
  threshold: number;
  /** null goes back to the frozen one or 0.5. */
  onThreshold: (threshold: number | null) => void;
  list: SampleList;
  onOpen: (list: SampleList) => void;
}

/** The panel; nothing is stored until a threshold is frozen. */
export function ThresholdPanel({ record, answers, source, threshold, onThreshold, list, onOpen }: ThresholdPanelProps) {
  const scores = useMemo(() => answerScores(answers, source), [answers, source]);
  const frozen = record.threshold?.source === source ? record.threshold.value : null;
  const { shown, move } = useSettled(threshold, onThreshold);
  const counts = useMemo(() => countsAt(scores, shown), [scores, shown]);
  if (scores.length === 0) return null;
  return (
    <Panel title="Decision threshold" aside={`score of the ${SOURCE_NAMES[source]}, ${scores.length} images`}>
      <ThresholdSlider value={shown} frozen={frozen} onChange={move} />
      <div className={styles.two}>
        <div className={styles.scroll} role="region" aria-label="Figures at the threshold" tabIndex={0}>
          <Figures counts={counts} />
        </div>
        <div className={styles.stack}>
          <div className={styles.scroll} role="region" aria-label="Counts at the threshold" tabIndex={0}>
            <Counts counts={counts} open={list} onOpen={onOpen} />
          </div>
          <p className={styles.muted}>
            Intervals of shares are Wilson&rsquo;s. A threshold that is moved by hand on these images flatters their figures: freeze it on
            the validation split before you report them.
          </p>
        </div>
      </div>
      {record.threshold ? <FrozenNote record={record} threshold={record.threshold} answers={answers} /> : null}
      {record.state === 'done' ? <FreezeForm record={record} source={source} onFrozen={() => onThreshold(null)} /> : null}
    </Panel>
  );
}
