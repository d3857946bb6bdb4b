// The report of one run or of a comparison: what is on the page as one file, with what repeats each run.
import { runStyles } from '../../../components/charts/series.ts';
import { chartSvg } from '../../../components/charts/chart-picture.tsx';
import type { RunRecord, StepRecord } from '../../../shared/domain/run.ts';
import type { ReportSection } from '../../../shared/formats/html-report.ts';
import { htmlReport } from '../../../shared/formats/html-report.ts';
import type { CompareAddress } from './address.ts';
import { comparedCharts, comparedSeries } from './compare-charts.ts';
import type { Comparison } from './comparison.ts';
import { groupRuns, sharedMetrics } from './figures.ts';
import { flipsSection } from './report-flips.ts';
import { buildRow, figureColumns, proposedMetrics } from './run-rows.ts';
import { settingsDiff } from './settings-diff.ts';
import { runTable } from './table-columns.ts';
import type { ChosenFlips } from './use-flips.ts';

function runFacts(runs: readonly RunRecord[]): ReportSection {
  return {
    title: 'Runs',
    table: {
      columns: ['Run', 'Algorithm', 'State', 'Steps', 'Seed', 'Data', 'Content hash', 'Start model', 'Engine', 'App', 'Note'],
      rows: runs.map((run) => [
        run.name,
        run.importedFrom === undefined ? run.algorithm : `log ${run.importedFrom}`,
        run.state,
        `${run.step} of ${run.maxSteps}`,
        run.config.seed,
        run.datasetName,
        run.datasetHash === '' ? null : run.datasetHash,
        run.baseModelName,
        run.engine ? `${run.engine.backend}, ${run.engine.adapter}, ${run.engine.threads} threads` : null,
        run.codeVersion,
        run.notes ?? null,
      ]),
    },
  };
}

function figures({ runs, stepsOf, metrics }: Comparison, view: CompareAddress): ReportSection {
  const shown = view.columns ?? proposedMetrics(metrics);
  const rows = runs.map((run) => buildRow(run, stepsOf(run.id), shown, view));
  const options = { grouped: view.groupBy !== 'none', at: view.at };
  return {
    title: 'Figures',
    text: ['Best is the lowest for losses, KL and times, the highest for all else.'],
    table: runTable(groupRuns(runs, view.groupBy), rows, figureColumns(shown, view.figures), options),
  };
}

/** One picture after the other: each is drawn off screen. */
async function curves(comparison: Comparison, view: CompareAddress): Promise<ReportSection> {
  const pictures: string[] = [];
  for (const { metric, title } of comparedCharts(comparison, view.charts)) {
    const series = comparedSeries(comparison, metric, view);
    const hasPoints = series.some(({ points }) => points.length > 0);
    if (hasPoints) pictures.push(await chartSvg({ title, metric, series, smoothing: view.smoothing }, 'light'));
  }
  return {
    title: 'Curves',
    text: ['The strong line is smoothed over the raw one, which is drawn faintly; no value is changed.'],
    pictures,
  };
}

function settings(runs: readonly RunRecord[]): ReportSection {
  const rows = settingsDiff(runs);
  return {
    title: 'What differs in the settings',
    text: rows.length === 0 ? ['Nothing.'] : [],
    table:
      rows.length === 0
        ? undefined
        : { columns: ['Setting', ...runs.map(({ name }) => name)], rows: rows.map(({ name, values }) => [name, ...values]) },
  };
}

/** One run as a comparison with nothing. @param all every run of this browser, among which it has its colour */
export function aloneComparison(run: RunRecord, steps: readonly StepRecord[], all: readonly RunRecord[]): Comparison {
  return { runs: [run], stepsOf: () => steps, metrics: sharedMetrics([steps]), marks: runStyles(all) };
}

/** What stands beside figures and curves. */
export interface ReportAdditions {
  /** Sentences that must stand beside every figure, such as that about the tiny model. */
  notes: readonly string[];
  /** Of two runs; null for a run alone. */
  flips: Pick<ChosenFlips, 'byRun' | 'a' | 'b' | 'flips'> | null;
}

const LEFT_OUT: ReportSection = {
  title: 'What this file leaves out',
  text: [
    'The answers of each training step with their rewards, the pictures, the weights and the settings that all runs share. Completions and curves can be saved as files from the page of a run; everything together is in a project bundle.',
  ],
};

/**
 * The file's text.
 * @throws E-INTERNAL when a chart cannot be drawn
 */
export async function comparisonReport(comparison: Comparison, view: CompareAddress, { notes, flips }: ReportAdditions): Promise<string> {
  const { runs } = comparison;
  const hashes = new Set(runs.map(({ datasetHash }) => datasetHash));
  const warning = hashes.size > 1 ? ['These runs saw different data (content hashes differ): compare with care.'] : [];
  return htmlReport({
    title: runs.map(({ name }) => name).join(' · '),
    lead: `Made in PRPO Workbench on ${new Date().toISOString().slice(0, 10)}. Everything was computed in a browser.`,
    sections: [
      {
        title: 'Read this first',
        text: [...warning, ...notes, 'Answers of a model are estimates, never proof that an image is real or fake.'],
      },
      runFacts(runs),
      figures(comparison, view),
      await curves(comparison, view),
      ...(runs.length > 1 ? [settings(runs)] : []),
      ...(flips ? [flipsSection(flips)] : []),
      LEFT_OUT,
    ],
  });
}
