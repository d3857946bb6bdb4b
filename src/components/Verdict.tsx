// The three readouts of one image side by side: binary head, answer token, parsed text (spec/model.md 8).
import { formatFigure, formatProbability } from './format.ts';
import type { ScoreSource } from '../shared/domain/answer.ts';
import type { FrozenThreshold } from '../shared/domain/run.ts';
import type { Label } from '../shared/domain/sample.ts';
import { LabelMark } from './LabelMark.tsx';
import { ruleText } from './parser-words.ts';
import { errorRateText, SOURCE_NAMES } from './threshold-words.ts';
import styles from './Verdict.module.css';

export interface VerdictProps {
  /** P(fake), null where the model gives none. */
  pFakeHead: number | null;
  pFakeToken: number | null;
  predict: Label | null;
  parseRule: string;
  /** The label the dataset gives, for comparison; null where there is none. */
  truth: Label | null;
  /** Head and token count as fake from here on. */
  threshold: number;
  /** A threshold frozen on validation images, with its errors on a test set; it replaces `threshold` for its readout. */
  measured?: { threshold: FrozenThreshold; datasetName: string } | null;
  /** Readouts are still being computed. */
  pending?: boolean;
}

const sideOf = (probability: number | null, threshold: number): Label | null =>
  probability === null ? null : probability >= threshold ? 'fake' : 'real';

type Thresholds = Pick<VerdictProps, 'threshold' | 'measured'>;

/** From where on a readout counts as fake. */
function thresholdOf({ threshold, measured }: Thresholds, source: ScoreSource): number {
  return measured?.threshold.source === source ? measured.threshold.value : threshold;
}

/** The readouts that contradict each other, in words; null where all agree. */
export function describeDisagreement({ pFakeHead, pFakeToken, predict, ...thresholds }: VerdictProps): string | null {
  const sides = [
    { name: 'head', side: sideOf(pFakeHead, thresholdOf(thresholds, 'head')) },
    { name: 'answer token', side: sideOf(pFakeToken, thresholdOf(thresholds, 'token')) },
    { name: 'text', side: predict },
  ].filter(({ side }) => side !== null);
  if (new Set(sides.map(({ side }) => side)).size < 2) return null;
  return `Readouts disagree: ${sides.map(({ name, side }) => `${name} ${side}`).join(', ')}.`;
}

function Gauge({ value, threshold }: { value: number; threshold: number }) {
  return (
    <span className={styles.gauge} aria-hidden>
      <span className={styles.threshold} style={{ left: `${100 * threshold}%` }} />
      <span className={styles.dot} data-side={sideOf(value, threshold)} style={{ left: `${100 * value}%` }} />
    </span>
  );
}

function Readout({ name, value, threshold, pending }: { name: string; value: number | null; threshold: number; pending: boolean }) {
  return (
    <div className={styles.readout}>
      <span className={styles.name}>{name}</span>
      {value === null ? (
        <span className={styles.waiting}>{pending ? 'computing' : 'not given'}</span>
      ) : (
        <>
          <span className={styles.figure}>
            {formatProbability(value)} <small>fake</small>
          </span>
          <Gauge value={value} threshold={threshold} />
        </>
      )}
    </div>
  );
}

/** What the estimate is worth: its threshold and, where they were measured, its error rates. */
export function describeEstimate({ pFakeHead, pFakeToken, threshold, measured, pending = false }: VerdictProps): string {
  if (!pending && pFakeHead === null && pFakeToken === null) {
    return 'A written answer without a probability: a model estimate, not a finding about the picture.';
  }
  if (!measured) return `Model estimate at threshold ${formatFigure(threshold, 2)}; not a finding about the picture.`;
  const { source, value, measured: counts } = measured.threshold;
  const score = source === 'head' ? pFakeHead : pFakeToken;
  const estimate = `Model estimate${score === null ? '' : ` ${formatProbability(score)} fake`} (${SOURCE_NAMES[source]}) at threshold ${formatFigure(value, 2)}`;
  return `${estimate}; on your test set “${measured.datasetName}” at this threshold ${errorRateText(counts)}. Not a finding about the picture.`;
}

/** A strip of readouts. Probabilities are model estimates, and the strip says so. */
export function Verdict(props: VerdictProps) {
  const { pFakeHead, pFakeToken, predict, parseRule, truth, measured, pending = false } = props;
  const disagreement = pending ? null : describeDisagreement(props);
  const parsed = predict ?? 'unparsed';
  return (
    <section
      className={styles.verdict}
      data-testid="verdict"
      data-head={pFakeHead ?? ''}
      data-token={pFakeToken ?? ''}
      data-parsed={pending ? '' : parsed}
      aria-label="Model estimate"
    >
      <div className={styles.strip}>
        <Readout name="Binary head" value={pFakeHead} threshold={thresholdOf(props, 'head')} pending={pending} />
        <Readout name="Answer token" value={pFakeToken} threshold={thresholdOf(props, 'token')} pending={pending} />
        <div className={styles.readout}>
          <span className={styles.name}>Written answer</span>
          <span className={styles.figure}>{pending ? <span className={styles.waiting}>writing</span> : <LabelMark label={parsed} />}</span>
          {pending ? null : <span className={styles.rule}>{ruleText(parseRule)}</span>}
        </div>
        <div className={styles.readout}>
          <span className={styles.name}>Label in the data</span>
          <span className={styles.figure}>
            <LabelMark label={truth} />
          </span>
          <span className={styles.rule}>
            {truth === null || pending || predict === null ? '' : truth === predict ? 'answer matches' : 'answer differs'}
          </span>
        </div>
      </div>
      {disagreement ? <p className={styles.disagreement}>{disagreement}</p> : null}
      <p className={styles.note} data-testid="verdict-note" data-frozen={measured ? measured.threshold.value : ''}>
        {describeEstimate(props)}
      </p>
    </section>
  );
}
