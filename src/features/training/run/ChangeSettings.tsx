// Learning rate and KL coefficient of a paused run, changed from its next step on. The charts get a mark there.
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { changeableFields } from '../../../shared/config/run-change.ts';
import { formatFieldNumber } from '../../../shared/config/field-text.ts';
import type { NumberField } from '../../../shared/config/fields/field.ts';
import { parseFieldNumber } from '../../../shared/config/validate.ts';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { RunStore } from '../../../state/run.ts';
import styles from '../Training.module.css';

function ChangeField({ run, field }: { run: RunRecord; field: NumberField }) {
  const { changeSetting } = RunStore.useApi().getState();
  const now = field.get(run.config);
  const [text, setText] = useState(formatFieldNumber(now));
  const parsed = parseFieldNumber(field, text);
  const isChanged = 'value' in parsed && parsed.value !== now;
  return (
    <div className={styles.change}>
      <TextInput
        size="xs"
        label={field.label}
        inputMode="decimal"
        data-testid={`change-${field.name.replaceAll('_', '-')}`}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={'problem' in parsed ? parsed.problem : null}
      />
      <Button
        variant="default"
        disabled={!isChanged}
        aria-label={`Change: ${field.label}`}
        onClick={() => 'value' in parsed && void changeSetting(run.id, field.name, parsed.value)}
      >
        Change
      </Button>
    </div>
  );
}

/** What was changed so far, in words. */
export function changeSentence({ changes }: Pick<RunRecord, 'changes'>): string | null {
  if (!changes || changes.length === 0) return null;
  const parts = changes.map(
    ({ step, name, before, now }) => `${name} ${formatFieldNumber(before)} to ${formatFieldNumber(now)} after step ${step}`,
  );
  return `Changed while paused: ${parts.join('; ')}.`;
}

/** Closed at first; drawn for paused runs that this tab may steer. */
export function ChangeSettings({ run }: { run: RunRecord }) {
  return (
    <details className={styles.changes}>
      <summary>Change from step {run.step + 1} on</summary>
      <div className={styles.buttons}>
        {changeableFields(run).map((field) => (
          <ChangeField key={field.name} run={run} field={field} />
        ))}
      </div>
    </details>
  );
}
