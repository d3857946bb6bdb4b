// Every drawing of data says the same in figures: in a table that a key brings up, or in words beside the mark. Read from the sources,
// so that a new drawing without its figures fails here.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', 'src');
const CHARTS = 'components/charts/';
const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.tsx'))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** Draws with shapes, with pixels, or with boxes whose size or colour is a value. */
const DRAWS = /<svg|<canvas|data-drawn|from 'recharts'|<PlotShapes/;
const HAS_TWIN = /<TableSwitch\b/;

/** Inside a chart, which has the table. */
const PARTS_OF_CHART = ['Plot', 'PlotLines', 'PlotShapes', 'PlotPointer', 'StillPlot', 'PaperPlot', 'chart-picture'].map(
  (name) => `${CHARTS}${name}.tsx`,
);

/** Parts whose one user has the table. */
const PART_OF: Record<string, string> = { 'features/inspector/tabs/TokenText.tsx': 'features/inspector/tabs/TokensTab.tsx' };

/** Whether all who draw a part have a table. */
function usersHaveTwin(path: string): boolean {
  const name = path.replace(/^.*\/|\.tsx$/g, '');
  const users = sources.filter(({ text }) => new RegExp(`<${name}\\b`).test(text));
  return users.length > 0 && users.every((user) => user.path === PART_OF[path] && HAS_TWIN.test(user.text));
}

/** Marks beside their own figure, with what writes that figure in the same file. */
const FIGURE_BESIDE: Record<string, RegExp> = {
  'components/ParagraphCard.tsx': /<Bar value=\{vcr\} \/>[^\n]*formatFigure\(vcr\)/,
  'app/JobChip.tsx': /jobWords\(job\)/,
  'features/training/run/RunHeader.tsx': /formatDuration\(/,
  'features/datasets/CountMatrix.tsx': /formatCount\(/,
  'features/datasets/browse/Facets.tsx': /formatCount\(count\)/,
  'features/datasets/health/ShortcutPanel.tsx': /formatPercent\(accuracy\)/,
  'features/learn/UpdateSteps.tsx': /formatFigure\(|formatSigned\(/,
  'features/device/StoragePanel.tsx': /formatBytes\(/,
};

/** No data: the mark of the app, the sample of a run's line, an invented example. */
const NO_DATA = ['app/BrandMark.tsx', 'features/training/compare/RunMark.tsx', 'features/home/AnswerFigure.tsx'];

/** What is told of a drawing that has no figures; null where it has them. */
function faultOf({ path, text }: { path: string; text: string }): string | null {
  if (!DRAWS.test(text) || HAS_TWIN.test(text) || PARTS_OF_CHART.includes(path) || NO_DATA.includes(path)) return null;
  if (path in PART_OF && usersHaveTwin(path)) return null;
  const beside = FIGURE_BESIDE[path];
  if (!beside) return `${path} draws data without a TableSwitch`;
  return beside.test(text) ? null : `${path} no longer writes the figure beside its mark`;
}

describe('drawings of data', () => {
  it('have a table twin, or their figure beside them', () => {
    expect(sources.filter(({ text }) => DRAWS.test(text)).length).toBeGreaterThan(15);
    expect(sources.map(faultOf).filter(Boolean)).toEqual([]);
    expect(faultOf({ path: 'features/new/Pie.tsx', text: '<svg viewBox="0 0 1 1" />' }), 'the scan sees a new drawing').toContain(
      'Pie.tsx',
    );
  });

  it('come through Chart, whose plot nobody else draws', () => {
    const drawers = /<(Plot|PlotLines|PlotShapes|StillPlot|PaperPlot)\b|\/Plot(Lines|Shapes|Pointer)?\.tsx'/;
    const outside = sources.filter(({ path, text }) => drawers.test(text) && !path.startsWith(CHARTS));
    expect(outside.map(({ path }) => path)).toEqual([]);
    const recharts = sources.filter(({ text }) => text.includes("from 'recharts'")).map(({ path }) => path);
    expect(recharts.sort()).toEqual([`${CHARTS}Plot.tsx`, `${CHARTS}PlotLines.tsx`]);
  });

  it('name no file that is gone', () => {
    const known = new Set(sources.map(({ path }) => path));
    expect(
      [...PARTS_OF_CHART, ...Object.entries(PART_OF).flat(), ...Object.keys(FIGURE_BESIDE), ...NO_DATA].filter((path) => !known.has(path)),
    ).toEqual([]);
  });
});
