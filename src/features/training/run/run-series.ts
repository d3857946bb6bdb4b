// Which charts a run has, and their points. Names as in spec/metrics.md. Pure.
import { formatFigure } from '../../../components/format.ts';
import { metricHelp } from '../../../components/metric-notes.ts';
import { metricWords } from '../../../components/metric-words.ts';
import type { SeriesPoint } from '../../../shared/downsample.ts';
import type { Algorithm, TrainConfig } from '../../../shared/config/config.ts';
import type { CompletionRecord, StepRecord } from '../../../shared/domain/run.ts';

export interface ChartSpec {
  metric: string;
  title: string;
  help: string;
  unit?: string;
}

const POLICY_CHARTS: readonly ChartSpec[] = [
  { metric: 'reward', title: 'Reward', help: 'Average reward of the answers just made; verl: critic/rewards/mean' },
  { metric: 'rewards/vcr_reward/mean', title: 'VCR', help: 'Visual consistency: does the keyword match the picture' },
  {
    metric: 'rewards/pcr_reward/mean',
    title: 'PCR',
    help: 'Prediction consistency: does the conclusion follow the paragraphs. Only a conclusion can lose it',
  },
  { metric: 'loss', title: 'Loss', help: 'Near 0 on fresh answers by design; watch the reward' },
  { metric: 'kl', title: 'KL', help: 'How far the model moved from where it began; verl: actor/kl_loss', unit: 'nats' },
  { metric: 'entropy', title: 'Entropy', help: 'How undecided the model is; near 0 means it repeats itself', unit: 'nats' },
  { metric: 'completions/mean_length', title: 'Answer length', help: 'Mean tokens per answer; verl: response_length/mean', unit: 'tokens' },
  { metric: 'grad_norm', title: 'Gradient norm', help: 'Before clipping; verl: actor/grad_norm' },
  {
    metric: 'completions/clipped_ratio',
    title: 'Cut answers',
    help: 'Share of answers cut off at the length limit; verl: response_length/clip_ratio',
  },
];

const SFT_CHARTS: readonly ChartSpec[] = [
  {
    metric: 'loss',
    title: 'Loss',
    help: "Weighted sum of text and binary loss; with the released loss also the binary loss of the text's picture",
  },
  { metric: 'lm_loss', title: 'Text loss', help: 'Next-token loss of the reference answer', unit: 'nats' },
  { metric: 'binary_loss', title: 'Binary loss', help: 'Real or fake from the image alone, usually an augmented copy', unit: 'nats' },
  { metric: 'binary_accuracy', title: 'Binary accuracy', help: 'Of the head on the batch' },
  { metric: 'mean_token_accuracy', title: 'Token accuracy', help: 'Share of reference tokens that were the most likely ones' },
  { metric: 'grad_norm', title: 'Gradient norm', help: 'Before clipping' },
];

/** Of a run that has a probe. */
const PROBE_CHARTS: readonly ChartSpec[] = [
  { metric: 'eval/acc', title: 'Probe: accuracy', help: 'On the same images every time; an unparsed answer counts as wrong' },
  { metric: 'eval/f1', title: 'Probe: F1', help: 'Of fake; an unparsed answer counts as wrong' },
  { metric: 'eval_reward', title: 'Probe: reward', help: 'Mean reward of greedy answers to the probe images' },
];

/** Charts of the probe; none where a run has no probe. */
export function probeCharts(config: TrainConfig): readonly ChartSpec[] {
  return config.evalSteps > 0 ? PROBE_CHARTS : [];
}

/** Charts that are always on the page of a run. */
export function mainCharts(algorithm: Algorithm): readonly ChartSpec[] {
  if (algorithm === 'grpo' || algorithm === 'prpo') return POLICY_CHARTS;
  // Stage 1 trains the projector alone: it has no binary loss.
  return algorithm === 'sft-stage1' ? SFT_CHARTS.filter(({ metric }) => !metric.startsWith('binary')) : SFT_CHARTS;
}

const POSITION = 'prpo/reward_by_position/';

/** Metric names of the steps seen so far. */
export interface SeenNames {
  count: number;
  /** Number of the last step that was seen. */
  last: number | null;
  /** The same set while no name is new. */
  names: ReadonlySet<string>;
}

/** Adds the names of steps that follow those seen; where they do not follow, it begins anew. */
export function seeNames(seen: SeenNames, steps: readonly StepRecord[]): SeenNames {
  const follows = seen.count > 0 && steps[seen.count - 1]?.step === seen.last;
  const known = follows ? seen.names : new Set<string>();
  const fresh = new Set<string>();
  let before: string[] = [];
  for (const { metrics } of follows ? steps.slice(seen.count) : steps) {
    const names = Object.keys(metrics);
    // Steps mostly log the same names in the same order: comparing them costs a fraction of looking each up.
    names.forEach((name, i) => {
      if (name !== before[i] && !known.has(name)) fresh.add(name);
    });
    before = names;
  }
  const names = fresh.size === 0 ? known : new Set([...known, ...fresh]);
  return { count: steps.length, last: steps.at(-1)?.step ?? null, names };
}

/** A chart of any metric, also of one that only a log made elsewhere has. */
export const chartOf = (metric: string): ChartSpec => ({ metric, title: metricWords(metric), help: metricHelp(metric) });

/** Every other metric that was logged, by name. */
export function otherCharts(algorithm: Algorithm, names: Iterable<string>, probed: readonly ChartSpec[] = []): ChartSpec[] {
  const shown = new Set([...mainCharts(algorithm), ...probed].map(({ metric }) => metric));
  return [...names]
    .filter((name) => !shown.has(name) && !name.startsWith(POSITION) && name !== 'step')
    .sort()
    .map(chartOf);
}

/** Long runs are drawn again only when a drawn point is complete: below 1000 steps at every step, at 10,000 at every 20th. */
export function drawnCount(stepCount: number): number {
  return stepCount - (stepCount % Math.max(1, Math.floor(stepCount / 500)));
}

/** What a chart can be drawn over. */
export type XAxis = 'step' | 'time' | 'tokens';

/** How an axis is called under its chart. */
export const X_NAMES: Record<XAxis, string> = { step: 'step', time: 'minutes of work', tokens: 'tokens' };

const workMs = ({ phaseMs }: StepRecord): number => Object.values(phaseMs).reduce((sum, ms) => sum + ms, 0);

/**
 * Where each step stands on an axis: its number, the minutes worked until then (pauses do not count), or the tokens seen.
 * @returns one value per step; NaN where the step does not tell
 */
export function xValues(steps: readonly StepRecord[], axis: XAxis): number[] {
  if (axis === 'step') return steps.map(({ step }) => step);
  if (axis === 'tokens') return steps.map(({ metrics }) => metrics['num_tokens'] ?? Number.NaN);
  let minutes = 0;
  return steps.map((step) => (minutes += workMs(step) / 60_000));
}

/**
 * Points of one metric, steps without it left out.
 * @param xs one value per step; the number of the step by default
 */
export function metricPoints(steps: readonly StepRecord[], metric: string, xs?: readonly number[]): SeriesPoint[] {
  const points: SeriesPoint[] = [];
  steps.forEach(({ step, metrics }, i) => {
    const [x, y] = [xs ? (xs[i] ?? Number.NaN) : step, metrics[metric]];
    if (y !== undefined && !Number.isNaN(x)) points.push({ x, y });
  });
  return points;
}

const PLACES = [1, 2, 3, 4, 5, 6, 7, 8];

export interface PositionColumns {
  rowNames: string[];
  columns: { x: number; values: (number | null)[] }[];
}

/**
 * Mean reward of the 1st, 2nd ... paragraph over steps; only positions that occur.
 * @param logged names of all metrics
 */
export function rewardByPosition(steps: readonly StepRecord[], logged: ReadonlySet<string>): PositionColumns {
  const positions = PLACES.filter((place) => logged.has(POSITION + place));
  const names = positions.map((place) => POSITION + place);
  const columns: PositionColumns['columns'] = [];
  for (const { step, metrics } of steps) {
    const values = names.map((name) => metrics[name] ?? null);
    if (values.some((value) => value !== null)) columns.push({ x: step, values });
  }
  return { rowNames: positions.map((place) => `paragraph ${place}`), columns };
}

/** One sentence on the heat map: the best and the worst position at the newest step. */
export function describePositions({ rowNames, columns }: PositionColumns): string {
  const last = columns.at(-1);
  if (!last) return 'Reward by paragraph position: no values yet.';
  const present = last.values.flatMap((value, i) => (value === null ? [] : [{ name: rowNames[i] ?? '', value }]));
  const sorted = present.sort((a, b) => b.value - a.value);
  const [best, worst] = [sorted[0], sorted.at(-1)];
  if (!best || !worst) return 'Reward by paragraph position: no values yet.';
  return `At step ${last.x} ${best.name} has the highest mean reward (${formatFigure(best.value)}), ${worst.name} the lowest (${formatFigure(worst.value)}).`;
}

export interface CompletionGroup {
  group: number;
  sampleId: string;
  path: string;
  label: CompletionRecord['label'];
  /** Best reward first. */
  rows: CompletionRecord[];
  /** Deviation of the rewards within the group. */
  spread: number;
}

/** Completions of a step by image. */
export function groupCompletions(completions: readonly CompletionRecord[]): CompletionGroup[] {
  const groups = new Map<number, CompletionRecord[]>();
  for (const row of completions) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return [...groups].map(([group, rows]) => {
    const [first] = rows;
    const mean = rows.reduce((sum, row) => sum + row.reward, 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + (row.reward - mean) ** 2, 0) / rows.length;
    return {
      group,
      sampleId: first?.sampleId ?? '',
      path: first?.path ?? '',
      label: first?.label ?? null,
      rows: rows.toSorted((a, b) => b.reward - a.reward),
      spread: Math.sqrt(variance),
    };
  });
}
