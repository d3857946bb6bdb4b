// The printed tables. The JSON file holds the same and every single time.
import type { Figures } from './figures.ts';

const columns: { title: string; cell: (row: Figures) => string }[] = [
  { title: 'peer', cell: ({ peer }) => peer },
  { title: 'median ms', cell: ({ medianMs }) => number(medianMs) },
  { title: 'min ms', cell: ({ minMs }) => number(minMs) },
  { title: 'first ms', cell: ({ firstMs }) => number(firstMs) },
  { title: 'peer / own [95 %]', cell: ({ ratio }) => ratioText(ratio) },
  { title: 'CPU ms', cell: ({ processorMs }) => number(processorMs) },
  { title: 'CPU ratio [95 %]', cell: ({ processorRatio }) => ratioText(processorRatio) },
  { title: 'tok/s', cell: ({ tokensPerSecond }) => number(tokensPerSecond) },
  { title: 'GFLOP/s', cell: ({ gflopPerSecond }) => number(gflopPerSecond) },
  { title: 'disp', cell: ({ dispatches }) => number(dispatches) },
  { title: 'sub', cell: ({ submits }) => number(submits) },
  { title: 'pass', cell: ({ passes }) => number(passes) },
  { title: 'encode ms', cell: ({ encodeMs }) => number(encodeMs) },
  { title: 'peak MB', cell: ({ peakBytes }) => number(peakBytes === null ? null : peakBytes / 1e6) },
  { title: 't_min/t', cell: ({ attained }) => number(attained) },
  { title: 'error', cell: ({ error }) => (error === null ? '' : error.toExponential(0)) },
  { title: 'n', cell: ({ rounds }) => String(rounds) },
];

/** Three significant digits, thousands whole. */
function number(value: number | null): string {
  if (value === null) return '';
  return Math.abs(value) >= 100 || Number.isInteger(value) ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function ratioText(ratio: Figures['ratio']): string {
  return ratio === null ? '' : `${ratio.median.toFixed(2)} [${ratio.low.toFixed(2)}, ${ratio.high.toFixed(2)}]`;
}

/** One case as text: aligned columns that hold something, then phases and notes. */
export function caseText(title: string, rows: readonly Figures[]): string {
  const used = columns.filter(({ title: name, cell }) => name === 'peer' || rows.some((row) => cell(row) !== ''));
  const lines = [
    used.map(({ title: name }) => name),
    ...rows.filter(({ medianMs }) => medianMs !== null).map((row) => used.map(({ cell }) => cell(row))),
  ];
  const widths = used.map((_, c) => Math.max(...lines.map((line) => line[c]?.length ?? 0)));
  const table = lines.map(
    (line) => `  ${line.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('  ')}`,
  );
  const phases = rows.flatMap(({ peer, phaseMs }) => (phaseMs ? [`  ${peer}: ${phaseText(phaseMs)}`] : []));
  const notes = rows.flatMap(({ peer, note }) => (note ? [`  ${peer}: ${note}`] : []));
  return [`\n${title}`, ...(lines.length > 1 ? table : []), ...phases, ...notes].join('\n');
}

const phaseText = (phases: Record<string, number>): string =>
  Object.entries(phases)
    .map(([name, ms]) => `${name} ${number(ms)} ms`)
    .join(', ');
