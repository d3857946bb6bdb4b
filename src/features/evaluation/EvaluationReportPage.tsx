// The report of one evaluation: it grows while the model works and is whole at the end.
import { Button, Progress } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { Link, useParams } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatCount, formatDuration, formatPlural } from '../../components/format.ts';
import { ModelNotes } from '../../components/ModelNotes.tsx';
import { Page, Panel } from '../../components/Page.tsx';
import { Pills } from '../../components/Pills.tsx';
import type { AnswerRecord } from '../../shared/domain/answer.ts';
import type { EvalRecord } from '../../shared/domain/run.ts';
import type { LiveEvaluation } from '../../state/evaluation.ts';
import { EvaluationStore, isInterrupted } from '../../state/evaluation.ts';
import { ModelsStore } from '../../state/models.ts';
import { ConfusionTable } from './ConfusionTable.tsx';
import { Curves } from './Curves.tsx';
import { DomainTable, FiguresTable, HeadlineBand } from './Figures.tsx';
import { PairedPanel } from './PairedPanel.tsx';
import { ParityCard } from './ParityCard.tsx';
import type { ScoreSource } from '../../shared/domain/answer.ts';
import type { Report, SampleList } from './report.ts';
import { computeReport, defaultSource } from './report.ts';
import { SampleLists } from './SampleLists.tsx';
import { Exports } from './Exports.tsx';
import { ImportedPanel } from './ImportedPanel.tsx';
import { useIntervals } from './use-intervals.ts';
import { useElsewhereId, useWriterReason } from '../../state/writer.ts';
import styles from './Evaluation.module.css';

const NO_ANSWERS: AnswerRecord[] = [];

function stateText(record: EvalRecord, live: LiveEvaluation | null, isWaiting: boolean, done: number, isFollowed: boolean): string {
  if (isFollowed) return 'Another tab works on it; this one follows.';
  if (isWaiting) return 'Waits for the evaluation in progress.';
  const total = record.sampleIds.length;
  if (live?.stopping) return 'Pauses after the current image.';
  if (live) {
    if (done === 0) return 'Loading the model; the first answer follows.';
    return live.etaMs === null ? 'Remaining time after 5 answers.' : `About ${formatDuration(live.etaMs)} left.`;
  }
  if (record.state === 'done') return `Finished: all ${formatCount(total)} images.`;
  if (isInterrupted(record, { liveId: null, waiting: [] }))
    return 'Interrupted: the page was closed or reloaded. All answers so far are stored; it goes on with the next image.';
  return `${formatPlural(total - done, 'image')} left.`;
}

function ProgressPanel({ record, done }: { record: EvalRecord; done: number }) {
  const { pause, resume } = EvaluationStore.useApi().getState();
  const live = EvaluationStore.use((state) => (state.live?.evalId === record.id ? state.live : null));
  const isWaiting = EvaluationStore.use((state) => state.waiting.includes(record.id));
  const elsewhereId = useElsewhereId();
  const offReason = useWriterReason();
  const total = record.sampleIds.length;
  return (
    <section className={styles.progress} data-testid="eval-progress" data-done={done} data-total={total} aria-label="Progress">
      <div className={styles.progressRow}>
        <span className={styles.count}>
          <b>{formatCount(done)}</b> of {formatPlural(total, 'image')}
        </span>
        <span className={styles.muted} role="status">
          {stateText(record, live, isWaiting, done, elsewhereId === record.id)}
        </span>
        <span className={styles.buttons}>
          {live ? (
            <Button
              variant="default"
              data-testid="eval-pause"
              disabled={live.stopping}
              leftSection={<IconPlayerPause size={15} aria-hidden />}
              onClick={() => void pause()}
            >
              Pause
            </Button>
          ) : record.state !== 'done' ? (
            <Button
              data-testid="eval-resume"
              disabled={isWaiting || offReason !== undefined}
              title={offReason}
              leftSection={<IconPlayerPlay size={15} aria-hidden />}
              onClick={() => void resume(record.id)}
            >
              Resume
            </Button>
          ) : null}
        </span>
      </div>
      <Progress value={total === 0 ? 0 : (100 * done) / total} size="sm" aria-label={`${done} of ${total} images`} />
    </section>
  );
}

function CoverageLine({ report, isPartial }: { report: Report; isPartial: boolean }) {
  const { expected, answered, unparsed, failed, unlabelled } = report;
  return (
    <p className={styles.coverage}>
      {isPartial ? <b>So far, n = {answered}. </b> : null}
      {formatCount(expected)} expected, {formatCount(answered)} answered, {formatCount(unparsed)} unparsed, {formatCount(failed)} failed
      {unlabelled > 0 ? `, ${formatCount(unlabelled)} without a label (left out)` : ''}. Fake is the positive class.
    </p>
  );
}

interface ReportBodyProps {
  record: EvalRecord;
  answers: readonly AnswerRecord[];
  report: Report;
  source: ScoreSource;
  isLive: boolean;
}

function ReportBody({ record, answers, report, source, isLive }: ReportBodyProps) {
  const [list, setList] = useState<SampleList>('contradictions');
  const intervals = useIntervals(report, isLive);
  return (
    <>
      <HeadlineBand report={report} intervals={intervals} />
      <Panel title="By domain">
        <DomainTable rows={report.domains} sacc={report.evaluation.parsed_only.sacc} intervals={intervals} />
      </Panel>
      <div className={styles.two}>
        <Panel title="All figures" aside={isLive ? 'intervals follow when it rests' : 'bootstrap, 1000 resamples, seed 42'}>
          <FiguresTable report={report} intervals={intervals} />
        </Panel>
        <div className={styles.stack}>
          <Panel title="Confusion">
            <ConfusionTable confusion={report.evaluation.confusion} open={list} onOpen={setList} />
            <p className={styles.muted}>
              The official F1 leaves unparsed answers out; the official accuracy counts them as wrong. Both are given, always with coverage.
            </p>
          </Panel>
          <PairedPanel record={record} answers={answers} source={source} />
        </div>
      </div>
      <SampleLists datasetId={record.datasetId} modelId={record.modelId} answers={answers} source={source} list={list} onList={setList} />
      <Curves samples={report.samples} />
      <ParityCard record={record} />
    </>
  );
}

function ReportView({ record }: { record: EvalRecord }) {
  const answers = useDeferredValue(EvaluationStore.use((state) => state.answers[record.id]) ?? NO_ANSWERS);
  const isRead = EvaluationStore.use((state) => state.answers[record.id] !== undefined);
  const live = EvaluationStore.use((state) => state.live?.evalId === record.id);
  const tiny = ModelsStore.use((state) => state.models.find(({ id }) => id === record.modelId)?.tiny ?? record.modelId !== 'imported');
  const [chosenSource, setChosenSource] = useState<ScoreSource | null>(null);
  const source = chosenSource ?? defaultSource(answers);
  const hasScores = answers.some(({ pFakeHead, pFakeToken }) => pFakeHead !== null || pFakeToken !== null);
  const isPartial = record.state !== 'done' && answers.length < record.sampleIds.length;
  const report = useMemo(
    () => computeReport(answers, record.sampleIds.length, live || isPartial, source),
    [answers, record.sampleIds.length, live, isPartial, source],
  );
  const waiting = EvaluationStore.use((state) => state.waiting);
  const elsewhereId = useElsewhereId();
  const state = isInterrupted(record, { liveId: live ? record.id : elsewhereId, waiting }) ? 'paused' : record.state;
  return (
    <Page
      title={record.name}
      width="full"
      above={<Link to="/eval">Evaluations</Link>}
      actions={<Exports record={record} answers={answers} source={source} />}
      lead={<CoverageLine report={report} isPartial={isPartial} />}
    >
      <div className={styles.report} data-testid="eval-report" data-eval-id={record.id} data-state={state}>
        {record.state === 'done' && !live ? null : <ProgressPanel record={record} done={answers.length} />}
        <ModelNotes tiny={tiny} synthetic={record.synthetic} />
        {record.imported ? <ImportedPanel imported={record.imported} /> : null}
        {record.error ? <ErrorNotice error={record.error} /> : null}
        {answers.length === 0 ? (
          <p className={styles.muted}>{isRead ? 'No answers yet. Figures appear with the first one.' : 'Reading the answers…'}</p>
        ) : (
          <>
            {hasScores ? (
              <div className={styles.tools}>
                <span className={styles.muted}>Scores from</span>
                <Pills
                  label="Which probability ranks the images"
                  value={source}
                  onChange={setChosenSource}
                  options={[
                    { value: 'head', label: 'Binary head' },
                    { value: 'token', label: 'Answer token' },
                  ]}
                />
              </div>
            ) : null}
            <ReportBody record={record} answers={answers} report={report} source={source} isLive={live} />
          </>
        )}
      </div>
    </Page>
  );
}

/** The page `#/eval/:id`. */
export function EvaluationReportPage() {
  const { id = '' } = useParams();
  const open = EvaluationStore.use((state) => state.open);
  const record = EvaluationStore.use((state) => state.evals?.find((item) => item.id === id));
  const [missing, setMissing] = useState<string | null>(null);
  useEffect(() => {
    void open(id).then((found) => setMissing(found ? null : id));
  }, [open, id]);
  if (record) return <ReportView key={id} record={record} />;
  if (missing !== id) return <Page title="Evaluation">Reading the evaluation…</Page>;
  return (
    <Page title="Evaluation">
      <ErrorNotice
        error={{
          code: 'E-MISSING',
          message: `This browser holds no evaluation "${id}".`,
          safe: 'Your other evaluations are unharmed.',
          remedy: 'Open it in the browser where it ran, or choose another one from Evaluate.',
        }}
      />
    </Page>
  );
}
