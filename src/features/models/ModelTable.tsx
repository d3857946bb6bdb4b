import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { formatBytes, formatDate, formatPercent, formatValue } from '../../components/format.ts';
import { metricWords } from '../../components/metric-words.ts';
import table from '../../components/Table.module.css';
import { TableHead } from '../../components/TableHead.tsx';
import type { ModelEntry } from '../../state/models.ts';
import { SelectionStore } from '../../state/selection.ts';
import { ExportModel } from './ExportModel.tsx';
import type { ModelDialog } from './ModelActions.tsx';
import { ModelActions } from './ModelActions.tsx';
import styles from './ModelsPage.module.css';

const KIND_WORDS: Record<ModelEntry['kind'], string> = {
  'built-in': 'built in',
  full: 'full weights',
  lora: 'LoRA adapter',
  imported: 'imported',
};

export interface ModelTableProps {
  models: readonly ModelEntry[];
  chosenId: string | null;
  onOpen: (model: ModelEntry, dialog: ModelDialog) => void;
}

/** One row per model: what it is, where it comes from, what it scored while training. */
export function ModelTable({ models, chosenId, onOpen }: ModelTableProps) {
  const names = new Map(models.map(({ id, name, step, checkpoint }) => [id, checkpoint ? `${name}, step ${step}` : name]));
  return (
    <div className={table.scroll} role="region" aria-label="Models" tabIndex={0}>
      <table className={`${table.table} ${styles.models}`}>
        <TableHead columns={['model', 'kind', 'step', 'size', 'from', 'metrics', { hidden: 'actions' }]} />
        <tbody>
          {models.map((model) => (
            <ModelRow
              key={model.id}
              model={model}
              names={names}
              isChosen={model.id === chosenId}
              onOpen={(dialog) => onOpen(model, dialog)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ModelRowProps {
  model: ModelEntry;
  names: ReadonlyMap<string, string>;
  isChosen: boolean;
  onOpen: (dialog: ModelDialog) => void;
}

function ModelRow({ model, names, isChosen, onOpen }: ModelRowProps) {
  const selection = SelectionStore.useApi();
  const { id, name, kind, step, sizeBytes, metrics, note, checkpoint } = model;
  return (
    <tr
      className={styles.row}
      data-chosen={isChosen || undefined}
      data-testid="checkpoint-row"
      data-checkpoint-id={id}
      data-step={step}
      data-kind={kind}
    >
      <td>
        <b>{name}</b>
        {(checkpoint?.tags ?? []).map((tag) => (
          <span key={tag} className={styles.tag}>
            {tag}
          </span>
        ))}
        {note ? <div className={styles.note}>{note}</div> : null}
        {checkpoint ? <div className={styles.note}>{formatDate(checkpoint.createdAt)}</div> : null}
      </td>
      <td className={styles.kind}>
        {KIND_WORDS[kind]}
        {checkpoint?.resumable ? <div className={styles.note}>can resume</div> : null}
      </td>
      <td>{checkpoint ? step : '–'}</td>
      <td className={styles.size}>{formatBytes(sizeBytes)}</td>
      <td>
        <Origin model={model} names={names} />
      </td>
      <td>
        <MetricList metrics={metrics} />
      </td>
      <td>
        <div className={styles.rowButtons}>
          <ExportModel model={model} />
          <Button
            variant="default"
            onClick={() => selection.getState().chooseModel(id)}
            disabled={isChosen}
            aria-label={isChosen ? `${name} is in use` : `Use ${name}, step ${step}`}
          >
            {isChosen ? 'In use' : 'Use'}
          </Button>
          <ModelActions model={model} onOpen={onOpen} />
        </div>
      </td>
    </tr>
  );
}

function Origin({ model: { checkpoint }, names }: { model: ModelEntry; names: ReadonlyMap<string, string> }) {
  if (!checkpoint) return 'shipped with this page';
  const parent = checkpoint.parentId ? (names.get(checkpoint.parentId) ?? checkpoint.parentId) : null;
  return (
    <>
      {checkpoint.runId ? <Link to={`/run/${checkpoint.runId}`}>its run</Link> : checkpoint.kind === 'imported' ? 'imported' : 'made here'}
      {parent ? <div className={styles.note}>started from {parent}</div> : null}
    </>
  );
}

/** What matters first; coverage beside any accuracy. The rest is in the title. */
const LEADING_METRICS = ['f1', 'accuracy', 'parsed', 'eval/f1', 'eval/acc', 'reward', 'kl', 'loss'];
const SHOWN_METRICS = 3;
const SHARES = new Set(['f1', 'accuracy', 'parsed', 'eval/f1', 'eval/acc']);

function MetricList({ metrics }: { metrics: Record<string, number> }) {
  const rank = (name: string) => (LEADING_METRICS.includes(name) ? LEADING_METRICS.indexOf(name) : LEADING_METRICS.length);
  const entries = Object.entries(metrics).sort(([a], [b]) => rank(a) - rank(b));
  if (entries.length === 0) return <span className={styles.note}>none recorded</span>;
  return (
    <dl className={styles.metrics} title={entries.map(([name, value]) => `${name} ${formatValue(value)}`).join('\n')}>
      {entries.slice(0, SHOWN_METRICS).map(([name, value]) => (
        <div key={name}>
          <dt>{metricWords(name)}</dt>
          <dd>{SHARES.has(name) ? formatPercent(value) : formatValue(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
