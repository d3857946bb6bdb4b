// The lines of the Compare page's charts: one per run, or one per seed group with its spread. Pure.
import type { ChartSeries } from '../../../components/charts/series.ts';
import type { CompareAddress } from './address.ts';
import { chartOf, mainCharts, metricPoints } from '../run/run-series.ts';
import type { ChartSpec } from '../run/run-series.ts';
import type { Comparison } from './comparison.ts';
import { groupRuns } from './figures.ts';
import { meanSeries } from './seed-band.ts';

type View = Pick<CompareAddress, 'hidden' | 'means' | 'band' | 'charts'>;

/** Lines of one metric; hidden runs have none. */
export function comparedSeries({ runs, stepsOf, marks }: Comparison, metric: string, view: View): ChartSeries[] {
  const shown = runs.filter(({ id }) => !view.hidden.includes(id));
  if (!view.means) {
    return shown.map(({ id, name }) => ({ id, name, points: metricPoints(stepsOf(id), metric), style: marks.get(id) ?? 0 }));
  }
  return groupRuns(shown, 'seeds').flatMap(({ name, runs: group }) => {
    const [first] = group;
    if (!first) return [];
    const mean = meanSeries(
      group.map(({ id }) => metricPoints(stepsOf(id), metric)),
      view.band,
    );
    const words =
      group.length > 1 ? `${name}: mean of n = ${group.length} seeds, ${view.band === 'sd' ? '± 1 sd' : 'min to max'}` : first.name;
    return [
      {
        id: first.id,
        name: words,
        points: mean.points,
        band: mean.band.length > 0 ? mean.band : undefined,
        style: marks.get(first.id) ?? 0,
      },
    ];
  });
}

/** The charts that are drawn: the chosen metrics, or the usual ones that a run has. */
export function comparedCharts({ runs, metrics }: Comparison, chosen: readonly string[] | null): ChartSpec[] {
  const usual = [...new Map(runs.flatMap(({ algorithm }) => mainCharts(algorithm)).map((spec) => [spec.metric, spec])).values()];
  if (chosen === null) return usual.filter(({ metric }) => metrics.includes(metric));
  return chosen.map((metric) => usual.find((spec) => spec.metric === metric) ?? chartOf(metric));
}
