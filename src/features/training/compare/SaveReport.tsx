// Saves the report of the runs on a page as one HTML file.
import { Button } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useState } from 'react';
import { fileNameOf, saveFile } from '../../../components/save-file.ts';
import { NoticesStore } from '../../../state/notices.ts';
import type { CompareAddress } from './address.ts';
import type { Comparison } from './comparison.ts';
import { useFlips } from './use-flips.ts';

interface SaveReportProps {
  comparison: Comparison;
  view: CompareAddress;
  /** Sentences that must stand beside every figure. */
  notes: readonly string[];
}

/** Drawing takes a moment per chart. */
export function SaveReport({ comparison, view, notes }: SaveReportProps) {
  const notices = NoticesStore.useApi();
  const [isBusy, setIsBusy] = useState(false);
  const flips = useFlips(comparison.runs, view);
  const save = async () => {
    setIsBusy(true);
    try {
      const { comparisonReport } = await import('./report.ts');
      const name = fileNameOf(comparison.runs.map((run) => run.name).join('-vs-').slice(0, 80), 'report'); // prettier-ignore
      await saveFile(`${name}.html`, await comparisonReport(comparison, view, { notes, flips }), 'text/html');
    } catch (error) {
      notices.getState().raise(error);
    }
    setIsBusy(false);
  };
  return (
    <Button
      variant="default"
      leftSection={<IconFileText size={14} aria-hidden />}
      loading={isBusy}
      onClick={() => void save()}
      data-testid="report-save"
    >
      Save report (HTML)
    </Button>
  );
}
