// ROC, precision-recall and reliability of the scores.
import { useMemo } from 'react';
import { Chart } from '../../../components/charts/Chart.tsx';
import { formatFigure, formatPercent } from '../../../components/format.ts';
import type { SeriesPoint } from '../../../shared/downsample.ts';
import { scoredSamples, type EvaluatedSample } from '../../../shared/metrics/answer-scores.ts';
import { reliabilityBins } from '../../../shared/metrics/calibration.ts';
import type { ScoredSample } from '../../../shared/metrics/ranking.ts';
import { scaleScores } from '../../../shared/metrics/temperature.ts';
import { precisionRecallCurve, rankingMetrics, rocCurve } from '../../../shared/metrics/ranking.ts';
import styles from '../Evaluation.module.css';

const UNIT: [number, number] = [0, 1];

function pairs(xs: readonly number[], ys: readonly number[]): SeriesPoint[] {
  return xs.map((x, i) => ({ x, y: ys[i] ?? Number.NaN }));
}

/** Points of the three curves; empty where a class is missing. */
function curvePoints(scored: readonly ScoredSample[]): { roc: SeriesPoint[]; pr: SeriesPoint[]; reliability: SeriesPoint[] } {
  const roc = rocCurve(scored);
  const pr = precisionRecallCurve(scored);
  const bins = reliabilityBins(scored);
  return {
    roc: roc ? pairs(roc.fpr, roc.tpr) : [],
    pr: pr ? pairs(pr.recall, pr.precision).toReversed() : [],
    reliability: bins.flatMap(({ confidence, accuracy }) =>
      confidence === null || accuracy === null ? [] : [{ x: confidence, y: accuracy }],
    ),
  };
}

export interface CurvesProps {
  samples: readonly EvaluatedSample[];
  /** Fitted on other images; adds the reliability after it. */
  temperature: number | null;
}

/** Three small charts; each says in words what it shows. */
export function Curves({ samples, temperature }: CurvesProps) {
  const scored = useMemo(() => scoredSamples(samples), [samples]);
  const points = useMemo(() => curvePoints(scored), [scored]);
  const scaled = useMemo(
    () => (temperature === null ? null : curvePoints(scaleScores(scored, temperature)).reliability),
    [scored, temperature],
  );
  const { auc, ap, tpr_at_5fpr } = useMemo(() => rankingMetrics(scored), [scored]);
  if (points.roc.length === 0) return <p className={styles.muted}>Curves need scores of both classes.</p>;
  const common = { xDomain: UNIT, yDomain: UNIT, kind: 'curve', height: 220 } as const;
  return (
    <div className={styles.curves}>
      <Chart
        {...common}
        title="ROC"
        metric="roc"
        xName="false positive rate"
        yName="true positive rate"
        diagonal
        series={[{ id: 'roc', name: 'true positive rate', points: points.roc }]}
        summary={`AUC ${formatFigure(auc)}; at 5 % of real images called fake, ${tpr_at_5fpr === null ? '–' : formatPercent(tpr_at_5fpr)} of fakes are found. Dashed: chance.`}
      />
      <Chart
        {...common}
        title="Precision and recall"
        metric="pr"
        xName="recall"
        yName="precision"
        series={[{ id: 'pr', name: 'precision', points: points.pr, style: 1 }]}
        summary={`Average precision ${formatFigure(ap)}: precision at each share of fakes found.`}
      />
      <Chart
        {...common}
        title="Reliability"
        metric="reliability"
        xName="confidence"
        yName="accuracy"
        diagonal
        xDomain={[0.5, 1]}
        series={[
          { id: 'reliability', name: 'accuracy', points: points.reliability, style: 2 },
          ...(scaled ? [{ id: 'scaled', name: 'after the temperature', points: scaled, style: 3 } as const] : []),
        ]}
        summary="Accuracy at each confidence, 15 bins. Below the dashed line the model is surer than it should be."
      />
    </div>
  );
}
