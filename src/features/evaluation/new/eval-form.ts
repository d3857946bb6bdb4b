// The settings of a new evaluation as a form holds them: texts, checked into a config. Pure.
import type { AnswerParser, EvalConfig, SampleFilter, TemplateName, WeightPrecision } from '../../../shared/config/config.ts';
import { DEFAULT_EVAL } from '../../../shared/config/presets.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';

export interface EvalForm {
  filter: SampleFilter;
  sampleSize: string;
  seed: string;
  temperature: string;
  topP: string;
  maxNewTokens: string;
  votes: string;
  template: TemplateName;
  parser: AnswerParser;
  prompt: string;
  precision: WeightPrecision;
}

export interface NumberRule {
  name: 'sampleSize' | 'seed' | 'temperature' | 'topP' | 'maxNewTokens' | 'votes';
  label: string;
  min: number;
  max: number;
  integer: boolean;
  help: string;
}

export const NUMBER_RULES: readonly NumberRule[] = [
  { name: 'sampleSize', label: 'Images', min: 0, max: 1_000_000, integer: true, help: '0 = all; else a seeded choice' },
  { name: 'seed', label: 'Seed', min: 0, max: 4_294_967_295, integer: true, help: 'Of the choice and of sampling' },
  { name: 'temperature', label: 'Temperature', min: 0, max: 2, integer: false, help: '0 = greedy, repeatable' },
  { name: 'topP', label: 'Top-p', min: 0.05, max: 1, integer: false, help: '1 = all tokens' },
  {
    name: 'maxNewTokens',
    label: 'Answer length limit',
    min: 8,
    max: 1024,
    integer: true,
    help: 'In tokens; longer answers are cut and counted',
  },
  { name: 'votes', label: 'Answers per image', min: 1, max: 64, integer: true, help: 'k; above 1 the majority counts' },
];

const hasTestSplit = ({ counts }: DatasetRecord): boolean => counts.some(({ split, count }) => split === 'test' && count > 0);

/** The test split where there is one, else everything. */
export function defaultForm(dataset: DatasetRecord | undefined): EvalForm {
  const { decoding, template, parser, prompt, sampleSize, seed } = DEFAULT_EVAL;
  return {
    filter: { ...DEFAULT_EVAL.filter, splits: !dataset || hasTestSplit(dataset) ? ['test'] : [] },
    sampleSize: String(sampleSize),
    seed: String(seed),
    temperature: String(decoding.temperature),
    topP: String(decoding.topP),
    maxNewTokens: String(decoding.maxNewTokens),
    votes: '1',
    template,
    parser,
    prompt,
    precision: 'f32',
  };
}

const numberOf = (text: string): number => Number(text.replace(',', '.'));

/** Why a text is refused, or null. */
export function fieldProblem({ min, max, integer }: NumberRule, text: string): string | null {
  const value = text.trim() === '' ? Number.NaN : numberOf(text);
  const isFine = Number.isFinite(value) && value >= min && value <= max && (!integer || Number.isInteger(value));
  return isFine ? null : `Allowed: ${min} to ${max}${integer ? ', whole numbers' : ''}.`;
}

/** Greedy answers to one image are all the same; a vote over them says nothing. */
export function voteProblem({ votes, temperature }: Pick<EvalForm, 'votes' | 'temperature'>): string | null {
  return Number(votes) > 1 && numberOf(temperature) === 0 ? 'Several answers need a temperature above 0, for example 0.7.' : null;
}

/** The config of a form; null while a field is refused. */
export function toConfig(form: EvalForm): EvalConfig | null {
  if (NUMBER_RULES.some((rule) => fieldProblem(rule, form[rule.name]) !== null) || form.prompt.trim() === '') return null;
  if (voteProblem(form) !== null) return null;
  const seed = numberOf(form.seed);
  const decoding = { temperature: numberOf(form.temperature), topP: numberOf(form.topP), maxNewTokens: numberOf(form.maxNewTokens), seed };
  return {
    ...DEFAULT_EVAL,
    filter: form.filter,
    sampleSize: numberOf(form.sampleSize),
    seed,
    decoding: form.precision === 'f32' ? decoding : { ...decoding, precision: form.precision },
    template: form.template,
    parser: form.parser,
    prompt: form.prompt,
    ...(Number(form.votes) > 1 ? { votes: Number(form.votes) } : {}),
  };
}
