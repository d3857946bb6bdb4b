// What was said about this image while a run learned, step by step, and what its checkpoints say when they are asked.
import { Button, Progress, Slider } from '@mantine/core';
import { Link } from 'react-router';
import { Chart } from '../../../components/charts/Chart.tsx';
import { DiffText } from '../../../components/DiffText.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatFigure, formatPlural, formatProbability, formatSigned } from '../../../components/format.ts';
import { LinkNotes } from '../../../components/LinkNotes.tsx';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { Pills } from '../../../components/Pills.tsx';
import type { WeightPrecision } from '../../../shared/config/config.ts';
import type { RunRecord } from '../../../shared/domain/run.ts';
import type { SampleRecord } from '../../../shared/domain/sample.ts';
import { INSPECT_KEYS } from '../../../state/key-tables.ts';
import { useKeys } from '../../../state/use-keys.ts';
import type { HistoryAnswer, HistoryEntry, HistorySource } from './history.ts';
import { countStated, historySeries, indexOfStep, meanReward, readingOfHistory } from './history.ts';
import { historyLinkRules } from '../inspect-link.ts';
import { ReadingView } from '../ReadingView.tsx';
import type { InspectAddress } from '../use-address.ts';
import type { History } from './use-history.ts';
import { useHistory, useRunsOf } from './use-history.ts';
import styles from '../Inspector.module.css';

const SOURCES: { value: HistorySource; label: string }[] = [
  { value: 'asked', label: 'Checkpoints, asked greedily' },
  { value: 'sampled', label: 'Sampled while training' },
];

export interface HistoryTabProps {
  sample: SampleRecord | null;
  datasetId: string;
  address: InspectAddress;
}

/** Chooses a run; without one says how to get it. */
export function HistoryTab({ sample, datasetId, address }: HistoryTabProps) {
  const runs = useRunsOf(datasetId);
  const wanted = address.read('history');
  const run = runs?.find(({ id }) => id === wanted) ?? (wanted === null ? runs?.[0] : undefined) ?? null;
  if (runs === null) return <p className={styles.firstLine}>Reading the runs…</p>;
  if (runs.length === 0) {
    return (
      <p className={styles.firstLine}>
        No training run on this dataset yet. <Link to={`/train/new?dataset=${encodeURIComponent(datasetId)}`}>Start one</Link>, then come
        back to see how the reasoning about this image changes.
      </p>
    );
  }
  return (
    <div className={styles.tab} data-testid="history" data-run={run?.id ?? ''}>
      <label className={styles.inlineField}>
        Run
        <select
          className={styles.select}
          value={run?.id ?? ''}
          onChange={(event) => address.patch({ history: event.currentTarget.value, step: null })}
        >
          {run ? null : <option value="">{wanted} (not here)</option>}
          {runs.map(({ id, name, step }) => (
            <option key={id} value={id}>
              {name} · {formatPlural(step, 'step')}
            </option>
          ))}
        </select>
      </label>
      {run && sample ? (
        <RunHistory key={`${run.id}|${sample.id}`} run={run} sample={sample} address={address} />
      ) : run ? null : (
        <p className={styles.warning}>This link needs the run “{wanted}”, which is not in this browser. Choose another one.</p>
      )}
    </div>
  );
}

function AskBar({ history, entries, precision }: { history: History; entries: number; precision: WeightPrecision }) {
  const { models, missing, progress, ask, stop } = history;
  if (progress) {
    return (
      <div className={styles.askBar} role="status">
        <Progress value={(100 * progress.done) / progress.total} w={160} aria-label="Models asked" />
        <span className={styles.facts}>
          {progress.done} of {progress.total} asked
        </span>
        <Button variant="default" onClick={stop}>
          Stop
        </Button>
      </div>
    );
  }
  if (missing === null) return null;
  if (missing === 0)
    return models > 0 ? (
      <p className={styles.facts}>All {models} models of this run have answered, with f32 weights; their answers are kept.</p>
    ) : null;
  return (
    <div className={styles.askBar}>
      <Button data-testid="history-ask" onClick={ask} variant={entries > 0 ? 'default' : undefined}>
        Ask {formatPlural(missing, 'model')}
      </Button>
      <span className={styles.facts}>
        Start model and stored checkpoints, the same question, greedily
        {precision === 'f32' ? ', with f32 weights' : `, always with f32 weights, whatever is chosen above (${precision})`}. Answers are
        kept in this browser.
      </span>
    </div>
  );
}

function RunHistory({ run, sample, address }: { run: RunRecord; sample: SampleRecord; address: InspectAddress }) {
  const history = useHistory(sample, run);
  const source: HistorySource = address.read('source') === 'sampled' ? 'sampled' : 'asked';
  const entries = history[source];
  const step = address.read('step');
  const index = indexOfStep(entries, step === null ? null : Number(step));
  const show = (other: number) => {
    const entry = entries[Math.min(entries.length - 1, Math.max(0, other))];
    if (entry) address.patch({ step: String(entry.step), answer: null });
  };
  const rules = historyLinkRules(entries, entries[index]);
  useKeys(INSPECT_KEYS, { olderStep: () => show(index - 1), newerStep: () => show(index + 1) });
  return (
    <>
      <Pills
        label="Answers"
        value={source}
        onChange={(value) => address.patch({ source: value, step: null, answer: null })}
        options={SOURCES}
      />
      {source === 'asked' ? <AskBar history={history} entries={entries.length} precision={address.precision} /> : null}
      {history.error ? <ErrorNotice error={history.error} /> : null}
      {history.isLoading ? (
        <p className={styles.facts}>Reading what was kept…</p>
      ) : entries.length === 0 ? (
        <p className={styles.facts}>
          {source === 'sampled'
            ? 'No step of this run sampled an answer to this image: only images of the training batches have some.'
            : 'No model of this run was asked about this image yet.'}
        </p>
      ) : (
        <>
          <LinkNotes rules={rules} />
          <Timeline entries={entries} index={index} source={source} run={run} address={address} onShow={show} />
        </>
      )}
    </>
  );
}

interface TimelineProps {
  entries: HistoryEntry[];
  index: number;
  source: HistorySource;
  run: RunRecord;
  address: InspectAddress;
  onShow: (index: number) => void;
}

function Timeline({ entries, index, source, run, address, onShow }: TimelineProps) {
  const entry = entries[index];
  const before = entries[index - 1];
  if (!entry) return null;
  const wanted = Number(address.read('answer') ?? 0);
  const chosen = Number.isInteger(wanted) ? Math.min(entry.answers.length - 1, Math.max(0, wanted)) : 0;
  const answer = entry.answers[chosen];
  const previous = before?.answers[Math.min(chosen, before.answers.length - 1)];
  return (
    <div className={styles.timeline} data-testid="history-entry" data-step={entry.step} data-entries={entries.length}>
      <div className={styles.sliderRow}>
        <Slider
          min={0}
          max={Math.max(1, entries.length - 1)}
          disabled={entries.length < 2}
          value={index}
          onChange={onShow}
          label={null}
          thumbLabel="Step"
          thumbValueText={entry.name}
        />
        <span className={styles.facts}>
          {entry.name}, {index + 1} of {entries.length}; keys [ and ]
        </span>
      </div>
      <Chart
        title={source === 'asked' ? 'What the checkpoints say' : 'What was sampled'}
        metric={`history-${source}`}
        kind="curve"
        series={historySeries(entries, source)}
        xName="step"
        yDomain={[0, 1]}
        markX={entry.step}
        height={150}
      />
      <EntryFacts entry={entry} source={source} answer={answer} />
      {entry.answers.length > 1 ? (
        <Pills
          label="Answer of the group"
          value={String(chosen)}
          onChange={(value) => address.patch({ answer: value })}
          options={entry.answers.map((_, i) => ({ value: String(i), label: `Answer ${i + 1}` }))}
        />
      ) : null}
      {answer && previous ? (
        <DiffText before={previous.text} after={answer.text} names={{ before: before?.name ?? '', after: entry.name }} />
      ) : (
        <p className={styles.facts}>The first step that is known: nothing before it to compare with.</p>
      )}
      {answer ? <ReadingView reading={readingOfHistory(answer, `${run.name}, ${entry.name}`, run.config.reward)} /> : null}
    </div>
  );
}

function EntryFacts({ entry, source, answer }: { entry: HistoryEntry; source: HistorySource; answer: HistoryAnswer | undefined }) {
  const { fake, real, unparsed } = countStated(entry);
  return (
    <p className={styles.entryFacts}>
      {answer ? <LabelMark label={answer.completion.predict ?? 'unparsed'} /> : null}
      {source === 'asked' ? (
        <span>
          model estimate P(fake): head {formatProbability(answer?.pFakeHead)}, answer token {formatProbability(answer?.pFakeToken)}
        </span>
      ) : (
        <span>
          {fake} of {entry.answers.length} state fake, {real} real{unparsed > 0 ? `, ${unparsed} unparsed` : ''}
        </span>
      )}
      <span>mean reward {formatFigure(meanReward(entry))}</span>
      {answer?.advantage !== null && answer?.advantage !== undefined ? <span>advantage {formatSigned(answer.advantage, 2)}</span> : null}
    </p>
  );
}
