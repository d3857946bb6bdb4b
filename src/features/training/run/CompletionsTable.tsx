// Every answer of one step, grouped by image, with paragraph rewards and advantages. The slider walks through all steps.
import { Slider } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { formatFigure } from '../../../components/format.ts';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { Panel } from '../../../components/Page.tsx';
import type { CompletionRecord, RunRecord } from '../../../shared/domain/run.ts';
import { completionsKey } from '../../../state/run-state.ts';
import { RunStore } from '../../../state/run.ts';
import { useThumbnails } from '../../../state/use-thumbnails.ts';
import { AnswerRow } from './AnswerRow.tsx';
import { ALL_COMPLETIONS, viewCompletions } from './completion-view.ts';
import { CompletionTools } from './CompletionTools.tsx';
import { comparesAnswers } from './compares-answers.ts';
import type { CompletionGroup } from './run-series.ts';
import { groupCompletions } from './run-series.ts';
import styles from '../Training.module.css';

function Row({ row }: { row: CompletionRecord }) {
  return (
    <div data-testid="completion-row" data-step={row.step} data-path={row.path} data-reward={row.reward} data-advantage={row.advantage}>
      <AnswerRow answer={row} name={`answer ${row.index + 1} to ${row.path}`} />
    </div>
  );
}

/** The picture, which leads to the inspector. */
function ImageLink({
  row,
  datasetId,
  url,
}: {
  row: Pick<CompletionRecord, 'sampleId' | 'path'>;
  datasetId: string;
  url: string | undefined;
}) {
  const { sampleId, path } = row;
  const inner = sampleId.startsWith(`${datasetId}/`) ? sampleId.slice(datasetId.length + 1) : path;
  return (
    <Link
      to={`/inspect/${encodeURIComponent(datasetId)}/${encodeURIComponent(inner)}`}
      className={styles.groupImage}
      title={`Inspect ${path}`}
    >
      {url ? <img src={url} alt={path} /> : <span />}
    </Link>
  );
}

interface GroupProps {
  group: CompletionGroup;
  datasetId: string;
  url: string | undefined;
  /** Said where all answers score the same. */
  equalWords: string;
}

function Group({ group, datasetId, url, equalWords }: GroupProps) {
  const { path, label, rows, spread } = group;
  return (
    <section className={styles.group} aria-label={path}>
      <ImageLink row={group} datasetId={datasetId} url={url} />
      <div>
        <p className={styles.groupHead}>
          <span>{path}</span>
          <LabelMark label={label}>in the data</LabelMark>
          <span className={styles.muted}>{spread === 0 ? equalWords : `reward deviation ${formatFigure(spread)}`}</span>
        </p>
        {rows.map((row) => (
          <Row key={row.index} row={row} />
        ))}
      </div>
    </section>
  );
}

export interface CompletionsTableProps {
  run: RunRecord;
  /** The step on show. */
  step: number;
  follows: boolean;
  onStep: (step: number) => void;
  onFollow: () => void;
}

/** The panel with slider and groups; rows are read from storage when a step is chosen. */
export function CompletionsTable({ run, step, follows, onStep, onFollow }: CompletionsTableProps) {
  const load = RunStore.use((state) => state.loadCompletions);
  const rows = RunStore.use((state) => state.completions[completionsKey(run.id, step)]);
  useEffect(() => {
    if (step > 0) void load(run.id, step);
  }, [load, run.id, step]);
  const [view, setView] = useState(ALL_COMPLETIONS);
  const shown = useMemo(() => viewCompletions(rows ?? [], view), [rows, view]);
  const groups = useMemo(() => {
    const passing = new Set(shown); // the spread of a group is that of all its answers
    return groupCompletions(rows ?? [])
      .map((group) => ({ ...group, rows: group.rows.filter((row) => passing.has(row)) }))
      .filter((group) => group.rows.length > 0);
  }, [rows, shown]);
  const urls = useThumbnails(groups.map(({ sampleId }) => sampleId));
  const equalWords = comparesAnswers(run.config)
    ? 'no spread: nothing to learn from this group'
    : 'the answers score the same: only their paragraphs compete';
  return (
    <Panel title={`Answers of step ${step}`} aside={follows ? 'follows the newest step' : ''}>
      {run.step > 1 ? (
        <div className={styles.slider}>
          <Slider min={1} max={run.step} value={step} onChange={onStep} label={(value) => `step ${value}`} thumbLabel="Step" size="sm" />
          {follows ? null : (
            <button type="button" className={styles.textButton} onClick={onFollow}>
              Follow the newest
            </button>
          )}
        </div>
      ) : null}
      <p className={styles.muted}>
        Each chip is a paragraph: its reward, and below it how far it stands above (+) or below (−) its group in deviations. The last chip
        of an answer is usually its conclusion (outlined).
      </p>
      {rows === undefined ? <p className={styles.muted}>Reading the answers…</p> : null}
      {rows?.length === 0 ? <p className={styles.muted}>No answers are stored for this step.</p> : null}
      {rows && rows.length > 0 ? <CompletionTools rows={rows} view={view} onView={setView} /> : null}
      {rows && rows.length > 0 && shown.length === 0 ? <p className={styles.muted}>No answer of this step passes.</p> : null}
      {view.sort === 'image'
        ? groups.map((group) => (
            <Group
              key={group.group}
              group={group}
              datasetId={run.datasetId}
              url={urls.get(group.sampleId) ?? undefined}
              equalWords={equalWords}
            />
          ))
        : shown.map((row) => (
            <div key={row.index} className={styles.flatRow}>
              <ImageLink row={row} datasetId={run.datasetId} url={urls.get(row.sampleId) ?? undefined} />
              <Row row={row} />
            </div>
          ))}
    </Panel>
  );
}
