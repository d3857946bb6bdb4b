// The settings of the form in its address: a half-filled form survives a reload and can be sent as a link. Only what differs from the
// preset is there, under the names of the settings files. Pure.
import { oneOf, type LinkRule } from '../../../components/link-values.ts';
import { changedFields, readTrainConfig, type SettingsEntry } from '../../../shared/config/config-file.ts';
import type { Algorithm, SampleFilter, TrainConfig } from '../../../shared/config/config.ts';
import { formatFieldNumber } from '../../../shared/config/field-text.ts';
import type { FieldValue, TrainField } from '../../../shared/config/fields/field.ts';
import { TRAIN_FIELDS } from '../../../shared/config/fields.ts';
import { PRESET_NAMES, presetConfig, type PresetName } from '../../../shared/config/presets.ts';
import { parseFieldNumber } from '../../../shared/config/validate.ts';
import { filterFromAddress } from '../../../shared/sample-choice.ts';

export const CHOICES = ['prpo', 'grpo', 'pair', 'sft-stage2', 'sft-stage1'] as const;
/** What the first list offers; the pair makes two runs. */
export type AlgorithmChoice = (typeof CHOICES)[number];

export const USUAL_PRESET: PresetName = 'tiny-demo';

/** What of the form is in its address. */
export interface AddressedDraft {
  choice: AlgorithmChoice;
  preset: PresetName;
  config: TrainConfig;
  /** Texts of number fields that differ from their value's own text. */
  texts: Readonly<Record<string, string>>;
}

/** Of the pair, the run that the form shows. */
export const algorithmOf = (choice: AlgorithmChoice): Algorithm => (choice === 'pair' ? 'prpo' : choice);

/** Unknown and absent names mean PRPO. */
export const toChoice = (text: string | null): AlgorithmChoice => oneOf(CHOICES, text) ?? 'prpo';

const textOf = (value: FieldValue): string => (typeof value === 'number' ? formatFieldNumber(value) : String(value));

function fieldsOf(choice: AlgorithmChoice): TrainField[] {
  return TRAIN_FIELDS.filter(({ algorithms }) => algorithms.includes(algorithmOf(choice)));
}

function valueOf(field: TrainField, text: string): unknown {
  if (field.kind === 'choice') return text;
  if (field.kind === 'switch') return text === 'true' ? true : text === 'false' ? false : text;
  const parsed = parseFieldNumber(field, text);
  return 'value' in parsed ? parsed.value : text;
}

/** The form as an address asks for it. Numbers that are refused stay in their fields as they were written. */
export function readDraft(params: URLSearchParams): AddressedDraft {
  const choice = toChoice(params.get('algorithm'));
  const preset = oneOf(PRESET_NAMES, params.get('preset')) ?? USUAL_PRESET;
  const asked = fieldsOf(choice).flatMap((field) => {
    const text = params.get(field.name);
    return text === null ? [] : [{ field, text }];
  });
  const entries: SettingsEntry[] = [
    { key: 'algorithm', value: algorithmOf(choice), line: null },
    { key: 'preset', value: preset, line: null },
    ...asked.map(({ field, text }) => ({ key: field.name, value: valueOf(field, text), line: null })),
  ];
  const { config } = readTrainConfig(entries);
  const texts = asked.filter(({ field, text }) => field.kind === 'number' && text !== textOf(field.get(config)));
  return {
    choice,
    preset,
    config: { ...config, filter: filterFromAddress(params, config.filter) },
    texts: Object.fromEntries(texts.map(({ field, text }) => [field.name, text])),
  };
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') === b.join('\n');

function filterParameters(filter: SampleFilter, usual: SampleFilter): [string, string[]][] {
  const { domains, splits, tags = [] } = filter;
  return [
    ['split', isSame(splits, usual.splits) ? [] : splits.length > 0 ? splits : ['all']],
    ['domain', domains],
    ['tag', tags],
  ];
}

/** The values of every parameter that says something else than the usual form. */
export function draftParameters({ choice, preset, config, texts }: AddressedDraft): Map<string, readonly string[]> {
  const usual = presetConfig(preset, algorithmOf(choice));
  const changed = [...changedFields(config, preset)].map(([name, { now }]): [string, string[]] => [name, [textOf(now)]]);
  const all: [string, string[]][] = [
    ['algorithm', choice === 'prpo' ? [] : [choice]],
    ['preset', preset === USUAL_PRESET ? [] : [preset]],
    ...filterParameters(config.filter, usual.filter),
    ...changed,
    ...Object.entries(texts).map(([name, text]): [string, string[]] => [name, [text]]),
  ];
  return new Map(all.filter(([, values]) => values.length > 0));
}

/** The address after a change of the form; what did not change stays as the link had it. */
export function movedAddress(now: URLSearchParams, before: AddressedDraft, after: AddressedDraft): URLSearchParams {
  const [old, next] = [draftParameters(before), draftParameters(after)];
  const address = new URLSearchParams(now);
  for (const name of new Set([...old.keys(), ...next.keys()])) {
    const values = next.get(name) ?? [];
    if (isSame(old.get(name) ?? [], values)) continue;
    address.delete(name);
    for (const value of values) address.append(name, value);
  }
  return address;
}

/** A form with the settings, the data and the model of a run. */
export function formLink(run: { config: TrainConfig; datasetId: string; baseModelId: string }): string {
  const { config } = run;
  const preset = oneOf(PRESET_NAMES, config.preset) ?? USUAL_PRESET;
  const parameters = draftParameters({ choice: config.algorithm, preset, config, texts: {} });
  const query = new URLSearchParams({ dataset: run.datasetId, model: run.baseModelId });
  for (const [name, values] of parameters) for (const value of values) query.append(name, value);
  return `/train/new?${query.toString()}`;
}

/** What a link to the form may ask for, numbers apart: these are refused beside their field. */
export function draftLinkRules({ choice }: Pick<AddressedDraft, 'choice'>): LinkRule[] {
  const named = fieldsOf(choice).flatMap((field): LinkRule[] => {
    if (field.kind === 'number') return [];
    const values = field.kind === 'switch' ? ['true', 'false'] : field.choices.map(({ value }) => value);
    const isKnown = (value: string) => values.includes(value);
    return [
      { parameter: field.name, what: `${field.name} =`, isKnown, why: `is not one of ${values.join(', ')}`, instead: "the preset's value" },
    ];
  });
  return [
    { parameter: 'algorithm', what: 'the algorithm', isKnown: (value) => oneOf(CHOICES, value) !== null, instead: 'PRPO' },
    {
      parameter: 'preset',
      what: 'the preset',
      isKnown: (value) => oneOf(PRESET_NAMES, value) !== null,
      instead: `the preset ${USUAL_PRESET}`,
    },
    ...named,
  ];
}
