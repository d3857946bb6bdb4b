// One setting: label, control, unit, help, its names elsewhere, the preset's value where it differs, and why it is refused.
import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { fieldValueText } from '../../../shared/config/field-text.ts';
import type { TrainField } from '../../../shared/config/fields/field.ts';
import { fieldAliases } from '../../../shared/config/fields.ts';
import { noteText } from './settings-notes.ts';
import type { Draft } from './use-draft.ts';
import styles from '../Training.module.css';

const TEST_ID = (name: string): string => `train-${name.replaceAll('_', '-')}`;

function choicesOf(field: TrainField & { kind: 'choice' }, draft: Draft) {
  if (field.name !== 'objective') return field.choices;
  const isGrpo = draft.config.algorithm === 'grpo';
  return field.choices.filter(({ value }) => value.startsWith('grpo') === isGrpo);
}

function Control({ field, draft, describedBy }: { field: TrainField; draft: Draft; describedBy: string }) {
  const problem = draft.problems.find((candidate) => candidate.field === field.name);
  const common = { 'data-testid': TEST_ID(field.name), 'aria-label': field.label, 'aria-describedby': describedBy };
  if (field.kind === 'number') {
    return (
      <TextInput
        {...common}
        size="xs"
        inputMode="decimal"
        value={draft.textOf(field)}
        onChange={(event) => draft.setText(field, event.currentTarget.value)}
        error={problem?.severity === 'error'}
        rightSection={null}
      />
    );
  }
  if (field.kind === 'switch') {
    return (
      <Switch
        {...common}
        size="xs"
        checked={field.get(draft.config)}
        onChange={(event) => draft.setConfig(field.set(draft.config, event.currentTarget.checked))}
      />
    );
  }
  return (
    <NativeSelect
      {...common}
      size="xs"
      value={field.get(draft.config)}
      onChange={(event) => draft.setConfig(field.set(draft.config, event.currentTarget.value))}
      data={[...choicesOf(field, draft)]}
    />
  );
}

/** A row of the form. */
export function FieldRow({ field, draft }: { field: TrainField; draft: Draft }) {
  const changed = draft.changed.get(field.name);
  const problem = draft.problems.find((candidate) => candidate.field === field.name);
  const note = draft.noteOf(field);
  const helpId = `help-${field.name}`;
  return (
    <div className={styles.field} data-changed={changed ? true : undefined}>
      <div className={styles.fieldLabel} title={fieldAliases(field)}>
        <span>{field.label}</span>
        <code>{field.name}</code>
      </div>
      <div className={styles.fieldControl}>
        <Control field={field} draft={draft} describedBy={helpId} />
        {field.unit ? <span className={styles.unit}>{field.unit}</span> : null}
      </div>
      <div id={helpId} className={styles.fieldHelp}>
        {problem ? <p data-severity={problem.severity}>{problem.message}</p> : <p>{field.help}</p>}
        {note ? (
          <p data-severity="warning" data-testid="settings-note">
            {noteText(note)}
          </p>
        ) : null}
        {changed ? (
          <p className={styles.changed}>
            Changed; the preset says {fieldValueText(field, changed.preset)}.{' '}
            <button
              type="button"
              className={styles.textButton}
              onClick={() => draft.resetField(field)}
              aria-label={`${field.label}: back to the preset`}
            >
              Undo
            </button>
          </p>
        ) : null}
      </div>
    </div>
  );
}
