// A table of the chosen figures for a paper, a README or a spreadsheet.
import { Button, MultiSelect } from '@mantine/core';
import { IconCopy, IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useEffect, useMemo, useState } from 'react';
import { Panel } from '../../../components/Page.tsx';
import { Pills } from '../../../components/Pills.tsx';
import { saveFile } from '../../../components/save-file.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import type { TextTable } from '../../../shared/formats/table-text.ts';
import { tableCsv, tableLatex, tableMarkdown } from '../../../shared/formats/table-text.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import type { CompareAddress } from './address.ts';
import type { Comparison } from './comparison.ts';
import { groupRuns } from './figures.ts';
import { buildRow, figureColumns, proposedMetrics } from './run-rows.ts';
import type { EvaluatedRow } from './table-columns.ts';
import { evaluationColumns, evaluationTable, PROPOSED_EVAL_COLUMNS, runTable } from './table-columns.ts';
import type { ChangeView } from './use-compare-view.ts';
import styles from './Compare.module.css';

const FORMATS = {
  markdown: { label: 'Markdown', file: 'comparison.md', write: tableMarkdown },
  latex: { label: 'LaTeX', file: 'comparison.tex', write: tableLatex },
  csv: { label: 'CSV', file: 'comparison.csv', write: tableCsv },
} as const;
type TableFormat = keyof typeof FORMATS;

interface BuilderProps {
  comparison: Comparison;
  view: CompareAddress;
  change: ChangeView;
}

const NO_EVALS: readonly EvalRecord[] = [];

/** Chosen evaluations with their answers, which are read when they are first asked for. */
function useEvaluated(chosen: readonly string[] | null): { offered: readonly EvalRecord[]; rows: EvaluatedRow[] } {
  const offered = EvaluationStore.use((state) => state.evals) ?? NO_EVALS;
  const answers = EvaluationStore.use((state) => state.answers);
  const open = EvaluationStore.use((state) => state.open);
  const ids = chosen ?? offered.filter(({ state }) => state === 'done').map(({ id }) => id).slice(0, 6); // prettier-ignore
  const key = ids.join(',');
  useEffect(() => {
    for (const id of key.split(',').filter(Boolean)) void open(id);
  }, [key, open]);
  const rows = useMemo(
    () =>
      key.split(',').flatMap((id): EvaluatedRow[] => {
        const [record, own] = [offered.find((one) => one.id === id), answers[id]];
        return record && own ? [{ record, answers: own }] : [];
      }),
    [key, offered, answers],
  );
  return { offered, rows };
}

function EvaluationRows({ view, change, children }: Omit<BuilderProps, 'comparison'> & { children: (table: TextTable) => ReactNode }) {
  const { builder } = view;
  const { offered, rows } = useEvaluated(builder.evals);
  const columns = builder.columns ?? PROPOSED_EVAL_COLUMNS;
  const set = (patch: Partial<CompareAddress['builder']>) => change({ builder: { ...builder, ...patch } });
  const table = useMemo(() => evaluationTable(rows, columns), [rows, columns]);
  if (offered.length === 0) return <p className={styles.muted}>No evaluation yet.</p>;
  return (
    <>
      <div className={styles.controls}>
        <MultiSelect
          className={styles.grow}
          size="xs"
          label="Evaluations"
          searchable
          data={offered.map(({ id, name }) => ({ value: id, label: `${name} · ${id.slice(-6)}` }))}
          value={rows.map(({ record }) => record.id)}
          onChange={(evals) => set({ evals })}
        />
        <MultiSelect
          className={styles.grow}
          size="xs"
          label="Figures"
          searchable
          data={evaluationColumns(rows)}
          value={[...columns]}
          onChange={(next) => set({ columns: next })}
        />
      </div>
      {children(table)}
    </>
  );
}

function RunRows({ comparison, view, children }: Omit<BuilderProps, 'change'> & { children: (table: TextTable) => ReactNode }) {
  const { runs, stepsOf, metrics } = comparison;
  const table = useMemo(() => {
    const shown = view.columns ?? proposedMetrics(metrics);
    const rows = runs.map((run) => buildRow(run, stepsOf(run.id), shown, view));
    const options = { grouped: view.groupBy !== 'none', at: view.at };
    return runTable(groupRuns(runs, view.groupBy), rows, figureColumns(shown, view.figures), options);
  }, [runs, stepsOf, metrics, view]);
  return (
    <>
      <p className={styles.muted}>Columns, figures and groups are those of the run table above.</p>
      {children(table)}
    </>
  );
}

function Output({ table, format }: { table: TextTable; format: TableFormat }) {
  const [copied, setCopied] = useState(false);
  const { file, write } = FORMATS[format];
  const text = write(table);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <>
      <div className={styles.preview} role="region" tabIndex={0} aria-label="The table as text">
        <pre data-testid="table-text">{text}</pre>
      </div>
      <div className={styles.buttons}>
        <Button variant="default" leftSection={<IconCopy size={14} aria-hidden />} onClick={() => void copy()}>
          Copy
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() => void saveFile(file, text)}
          data-testid="table-save"
        >
          Save {file}
        </Button>
        <span role="status" className={styles.muted}>
          {copied ? 'Copied.' : ''}
        </span>
      </div>
    </>
  );
}

/** Rows are runs, groups of runs, or evaluations. */
export function TableBuilder(props: BuilderProps) {
  const { view, change } = props;
  const { builder } = view;
  const output = (table: TextTable) => <Output table={table} format={builder.format} />;
  return (
    <Panel title="Table for a paper" aside="every cell is rounded as shown; raw values are under Export of a run">
      <div className={styles.controls}>
        <Pills
          label="Rows"
          value={builder.rows}
          onChange={(rows) => change({ builder: { ...builder, rows } })}
          options={[
            { value: 'runs', label: view.groupBy === 'none' ? 'runs' : 'groups of runs' },
            { value: 'evaluations', label: 'evaluations' },
          ]}
        />
        <Pills
          label="Format"
          value={builder.format}
          onChange={(format) => change({ builder: { ...builder, format } })}
          options={(['markdown', 'latex', 'csv'] as const).map((value) => ({ value, label: FORMATS[value].label }))}
        />
      </div>
      {builder.rows === 'evaluations' ? <EvaluationRows {...props}>{output}</EvaluationRows> : <RunRows {...props}>{output}</RunRows>}
    </Panel>
  );
}
