// Health rules of a policy run (spec/ui.md 3): pure functions from logged metrics to green, amber or red.
// Thresholds are starting values; each rule says what it means and what to try.
import { formatFigure, formatPercent, formatPlural, formatSigned, formatSignificant } from '../../../components/format.ts';
import type { TrainConfig } from '../../../shared/config/config.ts';
import type { StepRecord } from '../../../shared/domain/run.ts';
import { median } from '../../../shared/metrics/averages.ts';
import { comparesAnswers } from './compares-answers.ts';
import { mean, newestValues, startAndNow, firstValues, WINDOW } from './step-values.ts';

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

const level = (red: boolean, amber: boolean): HealthLevel => (red ? 'red' : amber ? 'amber' : 'green');

/** Red and amber on the mean of the last five values being above a limit. */
function above(name: string, red: number, amber: number, text: (value: number) => string): HealthRule['judge'] {
  return ({ steps }) => {
    const values = newestValues(steps, name, WINDOW);
    if (values.length === 0) return null;
    const value = mean(values);
    return { level: level(value > red, value > amber), observed: text(value) };
  };
}

/**
 * GRPO compares whole answers, and so does PRPO position by position; else PRPO compares paragraphs, which still differ where all answers
 * of an image are alike.
 */
function judgeSignal({ steps, config }: HealthInput): Judgement | null {
  const names = comparesAnswers(config)
    ? { flat: 'frac_reward_zero_std', spread: 'reward_std' }
    : { flat: 'prpo/frac_group_zero_std', spread: 'prpo/group_reward_std' };
  const shares = newestValues(steps, names.flat, WINDOW);
  const deviation = newestValues(steps, names.spread, 1)[0];
  if (shares.length === 0 && deviation === undefined) return null;
  const flat = shares.length === WINDOW && shares.every((share) => share > 0.8);
  const half = shares.length > 0 && mean(shares) > 0.5;
  const alike = newestValues(steps, 'frac_reward_zero_std', WINDOW);
  const isAlike = alike.length > 0 && mean(alike) > 0.8;
  const parts = shares.length > 0 ? [`${formatPercent(mean(shares), 0)} of groups without spread`] : [];
  if (deviation !== undefined) parts.push(`reward deviation ${formatSignificant(deviation)}`);
  if (isAlike && !comparesAnswers(config)) parts.push(`${formatPercent(mean(alike), 0)} of images with answers all alike`);
  return { level: level(flat || deviation === 0, half || isAlike), observed: parts.join(', ') };
}

function judgeGroup({ config }: HealthInput): Judgement {
  const count = config.policy.numGenerations;
  return { level: level(count === 1 && config.algorithm === 'grpo', count === 1), observed: `${count} answers per image` };
}

/** `, down 12 % from the start` for 0.12. */
const changeWords = (fallen: number): string => `, ${fallen >= 0 ? 'down' : 'up'} ${formatPercent(Math.abs(fallen), 0)} from the start`;

/** Below 0.1 nats is collapse only where the run began higher: a tiny supervised model can be that sure from the start. */
function judgeEntropy({ steps }: HealthInput): Judgement | null {
  const [[first], [now]] = [firstValues(steps, 'entropy', 1), newestValues(steps, 'entropy', 1)];
  if (first === undefined || now === undefined) return null;
  const trend = startAndNow(steps, 'entropy');
  const fallen = trend && trend.start > 0 ? 1 - trend.now / trend.start : 0;
  const isLow = now < 0.1;
  return {
    level: level(fallen > 0.7 || (isLow && first > 0.2), fallen > 0.5 || isLow),
    observed: `${formatFigure(now, 2)} nats${trend ? changeWords(fallen) : ''}`,
  };
}

function judgeDrift({ steps }: HealthInput): Judgement | null {
  const values = newestValues(steps, 'kl', WINDOW + 1);
  const now = values.at(-1);
  if (now === undefined) return null;
  const before = values.slice(-1 - WINDOW, -1);
  // Below 0.01 the first steps of every run multiply: from nearly 0 any step is a jump.
  const jump = before.length === WINDOW && now > 0.01 && now > 5 * median(before);
  return {
    level: level(now > 0.5, jump || now > 0.25),
    observed: `KL ${formatSignificant(now)}${jump ? ', more than 5 times the steps before' : ''}`,
  };
}

function judgeHacking({ steps }: HealthInput): Judgement | null {
  const isProbed = ({ metrics }: StepRecord): boolean => metrics['eval/acc'] !== undefined;
  const last = steps.findLast(isProbed);
  const first = last && steps.findLast((step) => step.step <= last.step - 10 && isProbed(step));
  if (!last || !first) return null;
  const change = (name: string): number => (last.metrics[name] ?? 0) - (first.metrics[name] ?? 0);
  const vcr = change('rewards/vcr_reward/mean');
  const accuracy = change('eval/acc');
  return {
    level: level(vcr > 0.01 && accuracy < -0.05, vcr > 0 && accuracy < 0),
    observed: `VCR ${formatSigned(vcr)}, probe accuracy ${formatSigned(accuracy)}`,
  };
}

function judgeLength({ steps }: HealthInput): Judgement | null {
  const trend = startAndNow(steps, 'completions/mean_length');
  if (!trend || trend.start === 0) return null;
  const growth = trend.now / trend.start - 1;
  const observed = `${formatFigure(trend.start, 0)} to ${formatFigure(trend.now, 0)} tokens`;
  return { level: level(Math.abs(growth) > 0.5, Math.abs(growth) > 0.25), observed };
}

function judgeClasses({ steps }: HealthInput): Judgement | null {
  const values = newestValues(steps, 'prpo/fake_ratio', WINDOW);
  if (values.length === 0) return null;
  const fake = mean(values);
  const share = Math.max(fake, 1 - fake);
  return { level: level(share > 0.95, share > 0.85), observed: `${formatPercent(fake, 0)} of parsed answers say fake` };
}

/**
 * A batch of few images holds few keywords from the start on, more so with a small model: what counts is how many it loses. Answers that
 * are all alike leave one in G; below half of that even the images share their keywords, whatever the start was.
 */
function judgeKeywords({ steps, config }: HealthInput): Judgement | null {
  const values = newestValues(steps, 'prpo/keyword_unique_ratio', WINDOW);
  if (values.length === 0) return null;
  const value = mean(values);
  const trend = startAndNow(steps, 'prpo/keyword_unique_ratio');
  const fallen = trend && trend.start > 0 ? 1 - value / trend.start : 0;
  const isShared = value < Math.min(0.3, 0.5 / config.policy.numGenerations);
  return {
    level: level(isShared || (value < 0.3 && fallen > 0.33), value < 0.45 && fallen > 0.2),
    observed: `${formatPercent(value, 0)} of keywords are distinct${trend ? changeWords(fallen) : ''}`,
  };
}

function judgeReasoning({ steps }: HealthInput): Judgement | null {
  const values = newestValues(steps, 'prpo/num_paragraphs/mean', WINDOW);
  if (values.length === 0) return null;
  const value = mean(values);
  return { level: level(value <= 1.1, value < 2), observed: `${formatFigure(value, 1)} paragraphs per answer` };
}

/** The text loss moves less from batch to batch than the sum, in which the binary loss weighs ten times as much. */
function judgeImitation({ steps }: HealthInput): Judgement | null {
  const newest = newestValues(steps, 'lm_loss', WINDOW + 1);
  if (newest.length <= WINDOW) return null;
  const start = Math.min(...firstValues(steps, 'lm_loss', 3));
  const now = mean(newest.slice(-WINDOW));
  const growth = start > 0 ? now / start : 1;
  return {
    level: level(growth > 2, growth > 1.3),
    observed: `${formatSignificant(start)} at the start, ${formatSignificant(now)} now`,
  };
}

/** A norm that is not finite is not stored: the newest step then has none, and was skipped. */
function judgeNumerics({ steps, skippedSteps }: HealthInput): Judgement | null {
  const norm = newestValues(steps, 'grad_norm', 1)[0];
  const skipped = skippedSteps > 0 ? `${formatPlural(skippedSteps, 'step')} skipped` : '';
  const isSkipped = skippedSteps > 0 && steps.length > 0 && steps.at(-1)?.metrics['grad_norm'] === undefined;
  if (isSkipped) return { level: 'red', observed: `the newest step had no finite gradient, ${skipped}` };
  if (norm === undefined) return null;
  return {
    level: level(!Number.isFinite(norm) || norm > 100, norm > 20 || skippedSteps > 0),
    observed: [`gradient norm ${formatSignificant(norm, 3)}`, skipped].filter(Boolean).join(', '),
  };
}

function judgeSpeed({ steps }: HealthInput): Judgement | null {
  const trend = startAndNow(steps, 'step_time');
  if (!trend || trend.start === 0) return null;
  const factor = trend.now / trend.start;
  return {
    level: level(factor > 4, factor > 2),
    observed: `${formatFigure(trend.start, 1)} s to ${formatFigure(trend.now, 1)} s per step`,
  };
}

export const HEALTH_RULES: readonly HealthRule[] = [
  {
    rule: 'no-signal',
    title: 'Signal',
    needs: 'one step',
    meaning:
      'Where all rewards of a group are the same there is nothing to learn from: every advantage is 0. PRPO compares paragraphs: answers that are all alike still teach which of their paragraphs scores most, but no longer what else could be said.',
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
    judge: above('completions/clipped_ratio', 0.3, 0.1, (value) => `${formatPercent(value, 0)} cut at the length limit`),
  },
  {
    rule: 'format-failure',
    title: 'Answer format',
    needs: 'one step',
    meaning: 'No clear answer was found in these completions; all their paragraph rewards are 0.',
    remedy: 'Lower the learning rate; look at the unparsed rows of the completions table.',
    judge: above('prpo/unparsed_ratio', 0.2, 0.05, (value) => `${formatPercent(value, 0)} unparsed`),
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
    rule: 'imitation',
    title: 'Text loss',
    needs: '6 steps',
    meaning: 'The text loss is above its start: the model gets worse at the very answers that it imitates.',
    remedy: 'Lower the learning rate, or go back to an earlier checkpoint; read a few of the reference answers.',
    judge: judgeImitation,
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

/** Of supervised runs, and of no others. */
const SUPERVISED_ONLY = ['imitation'];
const SUPERVISED = [...SUPERVISED_ONLY, 'numerics', 'throttling'];

/** Rules with a verdict (worst first) and those that still wait for data. */
export function judgeHealth(input: HealthInput): { verdicts: HealthVerdict[]; waiting: HealthRule[] } {
  const isSupervised = input.config.algorithm === 'sft-stage1' || input.config.algorithm === 'sft-stage2';
  const rules = HEALTH_RULES.filter(({ rule }) => (isSupervised ? SUPERVISED.includes(rule) : !SUPERVISED_ONLY.includes(rule)));
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
