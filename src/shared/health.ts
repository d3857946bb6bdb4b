// Health rules of a policy run (spec/ui.md 3): pure functions from logged metrics to green, amber or red.
// Thresholds are starting values; each rule says what it means and what to try.
import type { TrainConfig } from './config/config.ts';
import type { StepRecord } from './domain/run.ts';

export type HealthLevel = 'green' | 'amber' | 'red';

/** What the rules look at. Steps in order; borrowed. */
export interface HealthInput {
  config: TrainConfig;
  steps: readonly StepRecord[];
  skippedSteps: number;
}

export interface HealthVerdict {
  rule: string;
  title: string;
  level: HealthLevel;
  /** The figures that decided, with units. */
  observed: string;
  meaning: string;
  remedy: string;
}

interface Judgement {
  level: HealthLevel;
  observed: string;
}

/** A rule; `judge` gives null while there is too little data. */
export interface HealthRule {
  rule: string;
  title: string;
  needs: string;
  meaning: string;
  remedy: string;
  judge(input: HealthInput): Judgement | null;
}

const WINDOW = 5;

/** All values of a metric in step order, steps without it left out. */
export function metricValues(steps: readonly StepRecord[], name: string): number[] {
  const values: number[] = [];
  for (const { metrics } of steps) {
    const value = metrics[name];
    if (value !== undefined) values.push(value);
  }
  return values;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const level = (red: boolean, amber: boolean): HealthLevel => (red ? 'red' : amber ? 'amber' : 'green');
const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;

/** Mean of the first and of the last five values; null below 6 values, where they would be nearly the same. */
function startAndNow(values: readonly number[]): { start: number; now: number } | null {
  if (values.length <= WINDOW) return null;
  return { start: mean(values.slice(0, WINDOW)), now: mean(values.slice(-WINDOW)) };
}

/** Red and amber on the mean of the last five values being above a limit. */
function above(name: string, red: number, amber: number, text: (value: number) => string): HealthRule['judge'] {
  return ({ steps }) => {
    const values = metricValues(steps, name).slice(-WINDOW);
    if (values.length === 0) return null;
    const value = mean(values);
    return { level: level(value > red, value > amber), observed: text(value) };
  };
}

function judgeSignal({ steps }: HealthInput): Judgement | null {
  const shares = metricValues(steps, 'frac_reward_zero_std').slice(-WINDOW);
  const deviation = metricValues(steps, 'reward_std').at(-1);
  if (shares.length === 0 && deviation === undefined) return null;
  const flat = shares.length === WINDOW && shares.every((share) => share > 0.8);
  const half = shares.length > 0 && mean(shares) > 0.5;
  const parts = shares.length > 0 ? [`${percent(mean(shares))} of groups without spread`] : [];
  if (deviation !== undefined) parts.push(`reward deviation ${deviation.toPrecision(2)}`);
  return { level: level(flat || deviation === 0, half), observed: parts.join(', ') };
}

function judgeGroup({ config }: HealthInput): Judgement {
  const count = config.policy.numGenerations;
  return { level: level(count === 1 && config.algorithm === 'grpo', count === 1), observed: `${count} answers per image` };
}

/** Below 0.1 nats is collapse only where the run began higher: a tiny supervised model can be that sure from the start. */
function judgeEntropy({ steps }: HealthInput): Judgement | null {
  const values = metricValues(steps, 'entropy');
  const [first, now] = [values[0], values.at(-1)];
  if (first === undefined || now === undefined) return null;
  const trend = startAndNow(values);
  const fallen = trend && trend.start > 0 ? 1 - trend.now / trend.start : 0;
  const isLow = now < 0.1;
  const change = trend ? `, ${fallen >= 0 ? 'down' : 'up'} ${percent(Math.abs(fallen))} from the start` : '';
  return { level: level(fallen > 0.7 || (isLow && first > 0.2), fallen > 0.5 || isLow), observed: `${now.toFixed(2)} nats${change}` };
}

function judgeDrift({ steps }: HealthInput): Judgement | null {
  const values = metricValues(steps, 'kl');
  const now = values.at(-1);
  if (now === undefined) return null;
  const before = values.slice(-1 - WINDOW, -1);
  // Below 0.01 the first steps of every run multiply: from nearly 0 any step is a jump.
  const jump = before.length === WINDOW && now > 0.01 && now > 5 * median(before);
  return {
    level: level(now > 0.5, jump || now > 0.25),
    observed: `KL ${now.toPrecision(2)}${jump ? ', more than 5 times the steps before' : ''}`,
  };
}

function judgeHacking({ steps }: HealthInput): Judgement | null {
  const probed = steps.filter((step) => step.metrics['eval/acc'] !== undefined);
  const last = probed.at(-1);
  const first = last && probed.findLast((step) => step.step <= last.step - 10);
  if (!last || !first) return null;
  const change = (name: string): number => (last.metrics[name] ?? 0) - (first.metrics[name] ?? 0);
  const vcr = change('rewards/vcr_reward/mean');
  const accuracy = change('eval/acc');
  const signed = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;
  return {
    level: level(vcr > 0.01 && accuracy < -0.05, vcr > 0 && accuracy < 0),
    observed: `VCR ${signed(vcr)}, probe accuracy ${signed(accuracy)}`,
  };
}

function judgeLength({ steps }: HealthInput): Judgement | null {
  const trend = startAndNow(metricValues(steps, 'completions/mean_length'));
  if (!trend || trend.start === 0) return null;
  const growth = trend.now / trend.start - 1;
  const observed = `${trend.start.toFixed(0)} to ${trend.now.toFixed(0)} tokens`;
  return { level: level(Math.abs(growth) > 0.5, Math.abs(growth) > 0.25), observed };
}

function judgeClasses({ steps }: HealthInput): Judgement | null {
  const values = metricValues(steps, 'prpo/fake_ratio').slice(-WINDOW);
  if (values.length === 0) return null;
  const fake = mean(values);
  const share = Math.max(fake, 1 - fake);
  return { level: level(share > 0.95, share > 0.85), observed: `${percent(fake)} of parsed answers say fake` };
}

function judgeKeywords({ steps }: HealthInput): Judgement | null {
  const values = metricValues(steps, 'prpo/keyword_unique_ratio').slice(-WINDOW);
  if (values.length === 0) return null;
  const value = mean(values);
  return { level: level(value < 0.3, value < 0.45), observed: `${percent(value)} of keywords are distinct` };
}

function judgeReasoning({ steps }: HealthInput): Judgement | null {
  const values = metricValues(steps, 'prpo/num_paragraphs/mean').slice(-WINDOW);
  if (values.length === 0) return null;
  const value = mean(values);
  return { level: level(value <= 1.1, value < 2), observed: `${value.toFixed(1)} paragraphs per answer` };
}

function judgeNumerics({ steps, skippedSteps }: HealthInput): Judgement | null {
  const norm = metricValues(steps, 'grad_norm').at(-1);
  if (norm === undefined) return null;
  const skipped = skippedSteps > 0 ? `, ${skippedSteps} steps skipped` : '';
  return {
    level: level(!Number.isFinite(norm) || norm > 100, norm > 20 || skippedSteps > 0),
    observed: `gradient norm ${norm.toPrecision(3)}${skipped}`,
  };
}

function judgeSpeed({ steps }: HealthInput): Judgement | null {
  const trend = startAndNow(metricValues(steps, 'step_time'));
  if (!trend || trend.start === 0) return null;
  const factor = trend.now / trend.start;
  return { level: level(factor > 4, factor > 2), observed: `${trend.start.toFixed(1)} s to ${trend.now.toFixed(1)} s per step` };
}

export const HEALTH_RULES: readonly HealthRule[] = [
  {
    rule: 'no-signal',
    title: 'Signal',
    needs: 'one step',
    meaning: 'Where all answers of a group score the same there is nothing to learn from: every advantage is 0.',
    remedy: 'Raise the temperature or the number of generations, or choose harder images.',
    judge: judgeSignal,
  },
  {
    rule: 'no-group',
    title: 'Group',
    needs: 'settings',
    meaning: 'With one answer per image there is no other answer to compare with; only paragraphs of one answer compete.',
    remedy: 'Set generations to 4 or more.',
    judge: judgeGroup,
  },
  {
    rule: 'entropy-collapse',
    title: 'Entropy',
    needs: 'one step',
    meaning: 'The model has become so sure that it repeats itself; exploration ends and rewards stop moving.',
    remedy: 'Lower the learning rate, raise the KL coefficient or the temperature, or go back to an earlier checkpoint.',
    judge: judgeEntropy,
  },
  {
    rule: 'drift',
    title: 'Drift from the start',
    needs: 'one step with a KL coefficient above 0',
    meaning: 'The model has moved far from the one it began with; fluent text and format may break next.',
    remedy: 'Lower the learning rate or raise the KL coefficient (beta).',
    judge: judgeDrift,
  },
  {
    rule: 'cut-answers',
    title: 'Cut answers',
    needs: 'one step',
    meaning: 'Many answers reach the length limit before their conclusion, so they cannot be parsed.',
    remedy: 'Raise the completion length, or start from a model that ends its answers.',
    judge: above('completions/clipped_ratio', 0.3, 0.1, (value) => `${percent(value)} cut at the length limit`),
  },
  {
    rule: 'format-failure',
    title: 'Answer format',
    needs: 'one step',
    meaning: 'No clear answer was found in these completions; all their paragraph rewards are 0.',
    remedy: 'Lower the learning rate; look at the unparsed rows of the completions table.',
    judge: above('prpo/unparsed_ratio', 0.2, 0.05, (value) => `${percent(value)} unparsed`),
  },
  {
    rule: 'reward-hacking',
    title: 'Reward against accuracy',
    needs: 'probe evaluations at least 10 steps apart',
    meaning: "VCR uses the detector's own image encoder: it can rise while answers get worse.",
    remedy: 'Stop and evaluate an earlier checkpoint; lower alpha or the learning rate.',
    judge: judgeHacking,
  },
  {
    rule: 'length-drift',
    title: 'Answer length',
    needs: '6 steps',
    meaning: 'The length of answers changed by more than half; longer is not better by itself.',
    remedy: 'Read the newest completions: is the added text evidence or filler?',
    judge: judgeLength,
  },
  {
    rule: 'one-class',
    title: 'Both answers in use',
    needs: 'one step',
    meaning: 'Nearly every answer names the same class; consistency rewards that, detection does not.',
    remedy: 'Check that the training images hold both classes; lower beta of the reward.',
    judge: judgeClasses,
  },
  {
    rule: 'keyword-collapse',
    title: 'Keyword variety',
    needs: 'one step',
    meaning: 'The same few phrases are written for every image, so they no longer describe the picture.',
    remedy: 'Lower the learning rate or raise the KL coefficient; compare a step near the start.',
    judge: judgeKeywords,
  },
  {
    rule: 'answer-without-reasoning',
    title: 'Reasoning before the answer',
    needs: 'one step',
    meaning: 'An answer in the first paragraph is consistent by definition: a shortcut that skips the reasoning.',
    remedy: 'Go back to an earlier checkpoint; raise the KL coefficient.',
    judge: judgeReasoning,
  },
  {
    rule: 'numerics',
    title: 'Numbers',
    needs: 'one step',
    meaning: 'A gradient that is very large or not a number: the step was skipped or does harm.',
    remedy: 'Lower the learning rate; resume from the last good checkpoint.',
    judge: judgeNumerics,
  },
  {
    rule: 'throttling',
    title: 'Speed',
    needs: '6 steps',
    meaning: 'Steps take at least twice as long as at the start: a hidden tab, heat, or another program.',
    remedy: 'Keep the tab visible and the device on power.',
    judge: judgeSpeed,
  },
];

/** Rules with a verdict (worst first) and those that still wait for data. Supervised runs have only the last two rules. */
export function judgeHealth(input: HealthInput): { verdicts: HealthVerdict[]; waiting: HealthRule[] } {
  const supervised = input.config.algorithm === 'sft-stage1' || input.config.algorithm === 'sft-stage2';
  const rules = supervised ? HEALTH_RULES.filter(({ rule }) => rule === 'numerics' || rule === 'throttling') : HEALTH_RULES;
  const verdicts: HealthVerdict[] = [];
  const waiting: HealthRule[] = [];
  for (const rule of rules) {
    const judgement = rule.judge(input);
    if (judgement) verdicts.push({ rule: rule.rule, title: rule.title, meaning: rule.meaning, remedy: rule.remedy, ...judgement });
    else waiting.push(rule);
  }
  const order: Record<HealthLevel, number> = { red: 0, amber: 1, green: 2 };
  return { verdicts: verdicts.sort((a, b) => order[a.level] - order[b.level]), waiting };
}

/** Why the loss of this run is near 0, or null where it is not. The cause comes from its own figures. */
export function explainSmallLoss({ steps, config }: Pick<HealthInput, 'steps' | 'config'>): string | null {
  const losses = metricValues(steps, 'loss').slice(-WINDOW);
  const loss = losses.length > 0 ? mean(losses.map(Math.abs)) : Number.NaN;
  if (!(loss < 0.02) || config.algorithm.startsWith('sft')) return null;
  const flat = metricValues(steps, 'frac_reward_zero_std').slice(-WINDOW);
  if (flat.length > 0 && mean(flat) > 0.8) {
    return `In ${percent(mean(flat))} of groups all answers score the same, so every advantage is 0 and there is nothing to learn. Raise temperature or generations.`;
  }
  const deviation = metricValues(steps, 'prpo/group_reward_std').at(-1) ?? metricValues(steps, 'reward_std').at(-1);
  const norm = metricValues(steps, 'grad_norm').at(-1);
  const figures = [
    deviation === undefined ? null : `reward deviation ${deviation.toPrecision(2)}`,
    norm === undefined ? null : `gradient norm ${norm.toPrecision(2)}`,
  ].filter((text) => text !== null);
  const reason =
    'Advantages sum to 0 in a group and the ratio is 1 on the first update of fresh answers, so the loss is near 0 by design. Its gradient is not.';
  return figures.length > 0
    ? `${reason} This run: ${figures.join(', ')}. Watch the reward instead.`
    : `${reason} Watch the reward instead.`;
}
