// The curves and answers of a run as files that other tools read.
import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { fileNameOf, saveFile } from '../../../components/save-file.ts';
import type { RunRecord, StepRecord } from '../../../shared/domain/run.ts';
import { withSummary } from '../../../shared/formats/curve.ts';
import { writeCurveCsv } from '../../../shared/formats/curves-csv.ts';
import { writeCurveJsonl } from '../../../shared/formats/curves-jsonl.ts';
import { eventFileName, writeEventFile } from '../../../shared/formats/tfevents.ts';
import { writeTrainerState } from '../../../shared/formats/trainer-state.ts';
import { NoticesStore } from '../../../state/notices.ts';
import { RunStore } from '../../../state/run.ts';
import { readAddress } from '../compare/address.ts';
import { useRunNotes } from '../compare/use-run-notes.ts';

interface RunExportsProps {
  run: RunRecord;
  steps: readonly StepRecord[];
}

/** Disabled until the first step is stored. */
export function RunExports({ run, steps }: RunExportsProps) {
  const runs = RunStore.useApi();
  const completionsFile = RunStore.use((state) => state.completionsFile);
  const notices = NoticesStore.useApi();
  const { sentences } = useRunNotes([run]);
  const name = fileNameOf(run.name, run.id);
  const saveReport = async () => {
    const { aloneComparison, comparisonReport } = await import('../compare/report.ts');
    const html = await comparisonReport(aloneComparison(run, steps, runs.getState().runs ?? [run]), readAddress(new URLSearchParams()), {
      notes: sentences,
      flips: null,
    });
    await saveFile(`${name}.html`, html, 'text/html');
  };
  const points = withSummary(steps, run.summary);
  const forms: { label: string; save: () => Promise<void> }[] = [
    { label: 'CSV', save: () => saveFile(`${name}.csv`, writeCurveCsv(points), 'text/csv') },
    { label: 'JSON lines, TRL names', save: () => saveFile(`${name}.jsonl`, writeCurveJsonl(points, 'trl'), 'application/jsonl') },
    { label: 'JSON lines, verl names', save: () => saveFile(`${name}-verl.jsonl`, writeCurveJsonl(points, 'verl'), 'application/jsonl') },
    { label: 'TensorBoard events', save: () => saveFile(eventFileName(run.createdAt), new Blob([writeEventFile(points, run.createdAt)])) },
    { label: 'Completions, JSON lines', save: async () => saveFile(`${name}-completions.jsonl`, await completionsFile(run.id, 'trl')) },
    { label: 'Completions, verl rollouts', save: async () => saveFile(`${name}-rollouts.jsonl`, await completionsFile(run.id, 'verl')) },
    { label: 'Report, HTML', save: saveReport },
    { label: 'trainer_state.json', save: () => saveFile('trainer_state.json', writeTrainerState(run, steps), 'application/json') },
  ];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          disabled={steps.length === 0}
          leftSection={<IconDownload size={14} aria-hidden />}
          data-testid="run-export"
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {forms.map(({ label, save }) => (
          <Menu.Item key={label} onClick={() => void save().catch((error: unknown) => notices.getState().raise(error))}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
