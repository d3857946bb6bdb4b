// Train domains against test domains: what each stored evaluation says about domains its model has and has not seen.
import { TextInput } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState.tsx';
import { formatFigure, formatPercent } from '../../components/format.ts';
import type { LinkRule } from '../../components/link-values.ts';
import { LinkNotes } from '../../components/LinkNotes.tsx';
import { Page, Panel } from '../../components/Page.tsx';
import { Pills } from '../../components/Pills.tsx';
import { TableMenu } from '../../components/TableMenu.tsx';
import { numberHeads, TableHead } from '../../components/TableHead.tsx';
import { useParameters } from '../../components/use-parameters.ts';
import type { EvalRecord } from '../../shared/domain/run.ts';
import { DatasetsStore } from '../../state/datasets.ts';
import { EvaluationStore } from '../../state/evaluation.ts';
import { ModelsStore } from '../../state/models.ts';
import { RunStore } from '../../state/run.ts';
import type { MatrixCell, MatrixFigure, MatrixRow } from './domain-matrix.ts';
import { isMatrixEvaluation, MATRIX_FIGURES, matrixRow, matrixTable, testDomains } from './domain-matrix.ts';
import styles from './Evaluation.module.css';

const LINK_RULES: readonly LinkRule[] = [
  {
    parameter: 'figure',
    what: 'the figure',
    isKnown: (value) => MATRIX_FIGURES.some((figure) => figure.value === value),
    instead: 'F1',
  },
];

function useRows(figure: MatrixFigure): MatrixRow[] | null {
  const { evals, scores, refresh, loadScores } = EvaluationStore.use((state) => state);
  const { runs, refresh: refreshRuns } = RunStore.use((state) => state);
  const models = ModelsStore.use((state) => state.models);
  const datasets = DatasetsStore.use((state) => state.datasets);
  useEffect(() => {
    void refresh();
    void refreshRuns();
  }, [refresh, refreshRuns]);
  const shown = useMemo(() => evals?.filter(isMatrixEvaluation) ?? null, [evals]);
  useEffect(() => {
    if (shown) void loadScores(shown);
  }, [shown, loadScores]);
  return useMemo(() => {
    if (!shown || shown.some(({ id }) => !scores[id])) return null;
    const facts = { models, runs: runs ?? [], datasets };
    return shown.map((record) => matrixRow(record, scores[record.id]?.answers ?? [], facts, figure));
  }, [shown, scores, models, runs, datasets, figure]);
}

/** Names typed with commas between them; saved when the field is left. */
function TrainedOn({ record, trainedOn }: { record: EvalRecord; trainedOn: string[] | null }) {
  const change = EvaluationStore.use((state) => state.change);
  const [text, setText] = useState(record.trainedOn?.join(', ') ?? '');
  const isKnown = trainedOn !== null && record.trainedOn === undefined;
  if (isKnown) return trainedOn.join(', ');
  const save = () => {
    const names = text.split(',').flatMap((name) => name.trim() || []);
    void change(record.id, { trainedOn: names.length > 0 ? names : undefined });
  };
  return (
    <TextInput
      size="xs"
      miw={150}
      aria-label={`Domains that ${record.modelName} was trained on`}
      placeholder="not known: ddim, sd, …"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => (event.key === 'Enter' ? save() : undefined)}
    />
  );
}

function Cell({ cell, percent, domain }: { cell: MatrixCell | undefined; percent: boolean; domain: string }) {
  if (!cell) return <td className={styles.muted}>–</td>;
  const { value, images, isSeen } = cell;
  const strength = value === null ? 0 : Math.round(70 * Math.max(0, Math.min(1, (value - 0.4) / 0.6)));
  return (
    <td
      className={styles.heat}
      style={{ background: `color-mix(in oklab, var(--good-tint) ${strength}%, var(--sheet))` }}
      data-testid="matrix-cell"
      data-domain={domain}
      data-value={value ?? ''}
      data-seen={isSeen ?? ''}
    >
      {value === null ? '–' : percent ? formatPercent(value) : formatFigure(value)}{' '}
      <small>
        n {images}
        {isSeen === false ? ', unseen' : ''}
      </small>
    </td>
  );
}

function MatrixTable({ rows, percent }: { rows: readonly MatrixRow[]; percent: boolean }) {
  const domains = testDomains(rows);
  const shown = (value: number | null): string => (value === null ? '–' : percent ? formatPercent(value) : formatFigure(value));
  return (
    <div className={styles.scroll} role="region" aria-label="Train domains against test domains" tabIndex={0}>
      <table className={styles.table} data-testid="domain-matrix">
        <TableHead columns={['model, evaluation', 'trained on', ...numberHeads(...domains, 'mean seen', 'mean unseen')]} />
        <tbody>
          {rows.map(({ record, trainedOn, cells, seen, unseen }) => (
            <tr key={record.id}>
              <th scope="row">
                <Link to={`/eval/${record.id}`}>{record.modelName}</Link> <small>on {record.datasetName}</small>
              </th>
              <td>
                <TrainedOn key={record.trainedOn?.join()} record={record} trainedOn={trainedOn} />
              </td>
              {domains.map((domain) => (
                <Cell key={domain} domain={domain} cell={cells.get(domain)} percent={percent} />
              ))}
              <td>{shown(seen)}</td>
              <td>{shown(unseen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The page `#/eval/domains`. */
export function DomainMatrixPage() {
  const [params, change] = useParameters();
  const figure = MATRIX_FIGURES.find(({ value }) => value === params.get('figure'))?.value ?? 'f1';
  const setFigure = (chosen: MatrixFigure) =>
    change((now) => {
      if (chosen === 'f1') now.delete('figure');
      else now.set('figure', chosen);
      return now;
    });
  const rows = useRows(figure);
  const percent = MATRIX_FIGURES.find(({ value }) => value === figure)?.percent ?? true;
  return (
    <Page
      title="Train × test domains"
      width="full"
      above={<Link to="/eval">Evaluations</Link>}
      lead="Each finished test evaluation of unchanged pictures, by domain. A domain the model was not trained on says how it generalises."
    >
      <LinkNotes rules={LINK_RULES} />
      {rows === null ? <p className={styles.muted}>Reading the evaluations…</p> : null}
      {rows?.length === 0 ? (
        <EmptyState title="No finished test evaluation yet" actions={<Link to="/eval/new">Set one up</Link>}>
          Train on four domains, evaluate on all five: the row then shows the fifth apart.
        </EmptyState>
      ) : null}
      {rows && rows.length > 0 ? (
        <Panel title="Figures by test domain" aside={<TableMenu fileName="domain-matrix" table={() => matrixTable(rows, figure)} />}>
          <Pills label="Which figure" value={figure} onChange={setFigure} options={MATRIX_FIGURES} />
          <MatrixTable rows={rows} percent={percent} />
          <p className={styles.muted}>
            What a model was trained on comes from its training runs in this browser and from the models they began with; for a built-in
            model from its own list. For answers made elsewhere, type the domains. Parsed answers only; fake is the positive class.
          </p>
        </Panel>
      ) : null}
    </Page>
  );
}
