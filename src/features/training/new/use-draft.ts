// The settings being edited: algorithm, preset, one config, and texts that are not numbers yet. They begin as the address asks.
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReadConfig, SettingsNote } from '../../../shared/config/config-file.ts';
import { changedFields } from '../../../shared/config/config-file.ts';
import type { TrainConfig } from '../../../shared/config/config.ts';
import { formatFieldNumber } from '../../../shared/config/field-text.ts';
import type { NumberField, TrainField } from '../../../shared/config/fields/field.ts';
import { fieldsFor, TRAIN_FIELDS } from '../../../shared/config/fields.ts';
import type { PresetName } from '../../../shared/config/presets.ts';
import { PRESET_NAMES, presetConfig } from '../../../shared/config/presets.ts';
import { parseFieldNumber, validateConfig } from '../../../shared/config/validate.ts';
import type { FieldProblem } from '../../../shared/config/validate.ts';
import type { AddressedDraft, AlgorithmChoice } from './draft-address.ts';
import { algorithmOf, movedAddress, readDraft } from './draft-address.ts';

interface DraftState extends AddressedDraft {
  /** The settings file that was read last. */
  file: SettingsFile | null;
}

/** A settings file as it was read. */
export interface SettingsFile extends ReadConfig {
  name: string;
}

export interface Draft extends DraftState {
  fields: TrainField[];
  problems: FieldProblem[];
  changed: ReturnType<typeof changedFields>;
  textOf: (field: NumberField) => string;
  setText: (field: NumberField, text: string) => void;
  setConfig: (config: TrainConfig) => void;
  resetField: (field: TrainField) => void;
  choose: (choice: AlgorithmChoice) => void;
  applyPreset: (preset: PresetName) => void;
  /** Takes a whole config, from a file. */
  load: (file: SettingsFile) => void;
  /** What the file said of a field that could not be taken; null once the field was changed. */
  noteOf: (field: TrainField) => SettingsNote | null;
}

function fresh(choice: AlgorithmChoice, preset: PresetName, filter: TrainConfig['filter']): DraftState {
  return { choice, preset, config: { ...presetConfig(preset, algorithmOf(choice)), filter }, texts: {}, file: null };
}

function textProblems(fields: readonly TrainField[], texts: DraftState['texts']): FieldProblem[] {
  return fields.flatMap((field): FieldProblem[] => {
    const text = texts[field.name];
    if (field.kind !== 'number' || text === undefined) return [];
    const parsed = parseFieldNumber(field, text);
    return 'problem' in parsed ? [{ field: field.name, message: parsed.problem, severity: 'error' }] : [];
  });
}

/** Texts that still say what their field holds: the schedule without warm-up sets the number of its steps to 0. */
function textsThatHold(texts: DraftState['texts'], config: TrainConfig): DraftState['texts'] {
  const holds = (name: string, text: string): boolean => {
    const field = TRAIN_FIELDS.find((one) => one.name === name);
    const parsed = field?.kind === 'number' ? parseFieldNumber(field, text) : { problem: '' };
    return 'problem' in parsed || parsed.value === field?.get(config);
  };
  return Object.fromEntries(Object.entries(texts).filter(([name, text]) => holds(name, text)));
}

function resetTo(field: TrainField, config: TrainConfig, preset: TrainConfig): TrainConfig {
  if (field.kind === 'number') return field.set(config, field.get(preset));
  if (field.kind === 'switch') return field.set(config, field.get(preset));
  return field.set(config, field.get(preset));
}

type ChangeAddress = (change: (now: URLSearchParams) => URLSearchParams) => void;

/** Every change of the form is in the address before anything else can happen to the page. */
function useDraftInAddress(state: AddressedDraft, change: ChangeAddress): void {
  const written = useRef(state);
  useEffect(() => {
    const before = written.current;
    if (before === state) return;
    written.current = state;
    change((now) => movedAddress(now, before, state));
  });
}

/**
 * The form's state; without an address it starts as PRPO with the Tiny demo preset.
 * @param change takes what became of the form into the address
 */
export function useDraft(address: URLSearchParams, change: ChangeAddress): Draft {
  const [state, setState] = useState<DraftState>(() => ({ ...readDraft(address), file: null }));
  useDraftInAddress(state, change);
  const { choice, preset, config, texts } = state;
  const fields = useMemo(() => fieldsFor(config), [config]);
  const problems = useMemo(() => [...textProblems(fields, texts), ...validateConfig(config)], [fields, texts, config]);
  const changed = useMemo(() => changedFields(config, preset), [config, preset]);
  return {
    ...state,
    fields,
    problems,
    changed,
    textOf: (field) => texts[field.name] ?? formatFieldNumber(field.get(config)),
    setText: (field, text) => {
      const parsed = parseFieldNumber(field, text);
      setState({ ...state, texts: { ...texts, [field.name]: text }, config: 'value' in parsed ? field.set(config, parsed.value) : config });
    },
    setConfig: (next) => setState({ ...state, config: next, texts: textsThatHold(texts, next) }),
    resetField: (field) => {
      const { [field.name]: _dropped, ...others } = texts;
      setState({ ...state, texts: others, config: resetTo(field, config, presetConfig(preset, config.algorithm)) });
    },
    choose: (next) => setState(fresh(next, preset, config.filter)),
    applyPreset: (next) => setState(fresh(choice, next, config.filter)),
    load: (next) => {
      const known = PRESET_NAMES.find((name) => name === next.config.preset) ?? 'tiny-demo';
      setState({ choice: next.config.algorithm, preset: known, config: next.config, texts: {}, file: next });
    },
    noteOf: (field) => {
      const { file } = state;
      if (!file || texts[field.name] !== undefined || field.get(file.config) !== field.get(config)) return null;
      return file.notes.find((note) => note.field === field.name) ?? null;
    },
  };
}
