import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { LabelForm, type Labels } from '../../../components/LabelForm.tsx';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { RunStore } from '../../../state/run.ts';

/** What the user writes on a run. Stored on "Save"; a working run keeps working meanwhile. */
export function RunLabelsDialog({ run, onClose }: { run: RunRecord; onClose: () => void }) {
  const runs = RunStore.use((state) => state.runs) ?? [];
  const update = RunStore.use((state) => state.update);
  const [group, setGroup] = useState(run.group ?? '');
  const save = async ({ name, note, tags }: Labels) => {
    await update(run.id, { name, notes: note, group: group.trim() || undefined, tags });
    onClose();
  };
  return (
    <LabelForm
      title="Name, note, tags, group"
      labels={{ name: run.name, note: run.notes, tags: run.tags }}
      tagHint="Enter after each"
      knownTags={[...new Set(runs.flatMap((other) => other.tags ?? []))]}
      onSave={(labels) => void save(labels)}
      onClose={onClose}
      testId="run-labels"
    >
      <TextInput
        label="Group"
        description="Runs of one experiment; the run table can be sorted into groups"
        value={group}
        onChange={(event) => setGroup(event.currentTarget.value)}
      />
    </LabelForm>
  );
}
