// The report of one evaluation: it grows while the model works and is whole at the end.
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatCount } from '../../../components/format.ts';
import { oneOf } from '../../../components/link-values.ts';
import { LinkNotes } from '../../../components/LinkNotes.tsx';
import { ModelNotes } from '../../../components/ModelNotes.tsx';
import { Page, Panel } from '../../../components/Page.tsx';
import { Pills } from '../../../components/Pills.tsx';
import { TableMenu } from '../../../components/TableMenu.tsx';
import type { AnswerRecord, ScoreSource } from '../../../shared/domain/answer.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { perturbationLabel } from '../../../shared/image/perturb.ts';
import { BOOTSTRAP_SEED, resamplesFor, type Intervals } from '../../../shared/metrics/intervals.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import { isInterrupted } from '../../../state/interrupted.ts';
import { ModelsStore } from '../../../state/models.ts';
import { useElsewhereId } from '../../../state/writer.ts';
import { ConfusionTable } from './ConfusionTable.tsx';
import { Curves } from './Curves.tsx';
import { domainTable } from './domain-table.ts';
import { Exports } from './Exports.tsx';
import { FailedNotice } from './FailedNotice.tsx';
import { DomainTable } from './DomainTable.tsx';
import { FiguresTable, HeadlineBand } from './Figures.tsx';
import { ImportedPanel } from './ImportedPanel.tsx';
import { PairedPanel } from './PairedPanel.tsx';
import type { ToMeasure } from './measure.ts';
import { ParityCard } from './ParityCard.tsx';
import { ParsersPanel } from './ParsersPanel.tsx';
import { ProgressPanel } from './ProgressPanel.tsx';
import type { Report } from './report.ts';
import type { SampleList, ScoreCut } from './sample-lists.ts';
import { computeReport, scoreSources } from './report.ts';
import { useReportView } from './report-address.ts';
import { reportLinkRules } from './report-link.ts';
import { RobustnessPanel } from './RobustnessPanel.tsx';
import { SampleLists } from './SampleLists.tsx';
import { ThresholdPanel } from './ThresholdPanel.tsx';
import { useFoundIntervals } from '../../../state/use-intervals.ts';
import { VotePanel } from './VotePanel.tsx';
import styles from '../Evaluation.module.css';

const NO_ANSWERS: AnswerRecord[] = [];

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

/** Said on a row of a sweep, so that its figures are never taken for those of the clean pictures. */
function PerturbedNote({ record: { config, sweepOf } }: { record: EvalRecord }) {
  if (!config.perturbation) return null;
  return (
    <p className={styles.perturbed} data-testid="eval-perturbed">
      Every picture was changed before the model saw it: {perturbationLabel(config.perturbation)}.{' '}
      {sweepOf ? <Link to={`/eval/${sweepOf}`}>Clean pictures and the whole sweep</Link> : null}
    </p>
  );
}

const intervalMethod = (images: number): string =>
  `95 % intervals: percentile bootstrap over images, ${formatCount(resamplesFor(images))} resamples, seed ${BOOTSTRAP_SEED}; Wilson’s where every resample agrees`;

const frozenValue = ({ threshold }: EvalRecord, source: ScoreSource): number | null =>
  threshold?.source === source ? threshold.value : null;

const intervalRequest = ({ samples, expected, answered, unparsed, unanswered }: Report): ToMeasure['request'] => ({
  kind: 'report',
  samples,
  expected,
  parsed: answered - unparsed,
  unanswered,
});

/** The evaluation that the address compares with, once its answers are read. */
function useOther(id: string | null): ToMeasure['other'] {
  const record = EvaluationStore.use(({ evals }) => evals?.find((one) => one.id === id));
  const answers = EvaluationStore.use((state) => (id === null ? undefined : state.answers[id]));
  return record && answers ? { record, answers } : null;
}

interface ReportBodyProps {
  record: EvalRecord;
  answers: readonly AnswerRecord[];
  report: Report;
  intervals: Intervals;
  cut: ScoreCut;
  isLive: boolean;
  view: ReturnType<typeof useReportView>;
  /** Opens a list from elsewhere on the page and goes there. */
  onOpen: (list: SampleList) => void;
}

function ReportBody({ record, answers, report, intervals, cut, isLive, view, onOpen }: ReportBodyProps) {
  const { source, threshold } = cut;
  const { list, show } = view;
  const canSweep = record.state === 'done' && !record.imported && !record.config.perturbation && !isLive;
  return (
    <>
      <HeadlineBand report={report} intervals={intervals} />
      <Panel title="By domain" aside={<TableMenu fileName={`${record.id}-domains`} table={() => domainTable(record, report, intervals)} />}>
        <DomainTable report={report} intervals={intervals} />
      </Panel>
      <div className={styles.two}>
        <Panel title="All figures" aside={isLive ? 'intervals follow when it rests' : intervalMethod(report.samples.length)}>
          <FiguresTable report={report} intervals={intervals} />
        </Panel>
        <div className={styles.stack}>
          <Panel title="Confusion">
            <div className={styles.scroll} role="region" aria-label="Truth against the parsed answer" tabIndex={0}>
              <ConfusionTable confusion={report.evaluation.confusion} open={list} onOpen={onOpen} />
            </div>
            <p className={styles.muted}>
              The official F1 leaves unparsed answers out; the official accuracy counts them as wrong. Both are given, always with coverage.
            </p>
          </Panel>
          <Curves samples={report.samples} temperature={record.threshold?.source === source ? record.threshold.temperature : null} />
        </div>
      </div>
      <ThresholdPanel
        key={source}
        record={record}
        answers={answers}
        source={source}
        threshold={threshold}
        onThreshold={(moved) => show({ threshold: moved })}
        list={list}
        onOpen={onOpen}
      />
      <ParsersPanel answers={answers} isImported={record.imported !== undefined} isLive={isLive} onOpen={onOpen} />
      <PairedPanel
        record={record}
        answers={answers}
        source={source}
        otherId={view.other}
        onOther={(other) => show({ other, flip: null })}
        flip={view.flip}
        onFlip={(flip) => show({ flip })}
      />
      <VotePanel answers={answers} isLive={isLive} />
      {canSweep ? (
        <RobustnessPanel record={record} source={source} decision={view.decision} onDecision={(decision) => show({ decision })} />
      ) : null}
      <div id="single-answers" role="region" aria-label="Single answers" tabIndex={-1}>
        <SampleLists
          evalId={record.id}
          datasetId={record.datasetId}
          modelId={record.modelId}
          answers={answers}
          cut={cut}
          list={list}
          onList={(chosen) => show({ list: chosen })}
          reading={view.reading}
          onRead={(path) => show({ reading: path })}
        />
      </div>
      <ParityCard record={record} />
    </>
  );
}

/** All evaluations, read anew; null until they are. */
function useListedEvals(): readonly EvalRecord[] | null {
  const { evals, refresh } = EvaluationStore.use((state) => state);
  const [isListed, setIsListed] = useState(false);
  useEffect(() => void refresh().then(() => setIsListed(true)), [refresh]);
  return isListed ? evals : null;
}

const UNREAD = { answers: null, sources: null };

/** What the address asks for and the report does not have. */
function ReportLinkNotes({
  record,
  other,
  answers,
  sources,
  isRead,
}: Pick<ReportBodyProps, 'record' | 'answers'> & { sources: readonly ScoreSource[]; other: string | null; isRead: boolean }) {
  const evals = useListedEvals();
  const otherAnswers = EvaluationStore.use((state) => (other === null ? null : (state.answers[other] ?? null)));
  const rules = useMemo(
    () => reportLinkRules({ record, evals, ...(isRead ? { answers, sources } : UNREAD), otherAnswers }, other),
    [record, evals, isRead, answers, sources, otherAnswers, other],
  );
  return <LinkNotes rules={rules} />;
}

const SOURCE_NAMES: Readonly<Record<ScoreSource, string>> = { head: 'Binary head', token: 'Answer token' };

/** The page's content for one record. */
export function ReportView({ record }: { record: EvalRecord }) {
  const answers = useDeferredValue(EvaluationStore.use((state) => state.answers[record.id]) ?? NO_ANSWERS);
  const isRead = EvaluationStore.use((state) => state.answers[record.id] !== undefined);
  const live = EvaluationStore.use((state) => state.live?.evalId === record.id);
  const tiny = ModelsStore.use((state) => state.models.find(({ id }) => id === record.modelId)?.tiny ?? record.modelId !== 'imported');
  const view = useReportView();
  const sources = useMemo(() => scoreSources(answers), [answers]);
  const source = oneOf(sources, view.source) ?? sources[0] ?? 'token';
  const cut = { source, threshold: view.threshold ?? frozenValue(record, source) ?? 0.5 };
  const isPartial = record.state !== 'done' && answers.length < record.sampleIds.length;
  const report = useMemo(
    () => computeReport(answers, record.sampleIds.length, live || isPartial, source, record.imported?.unanswered),
    [answers, record.sampleIds.length, live, isPartial, source, record.imported],
  );
  const request = useMemo(() => intervalRequest(report), [report]);
  const found = useFoundIntervals(live || answers.length === 0 ? null : request);
  const other = useOther(view.other);
  const openList = (list: SampleList) => {
    // The list with the threshold and the score that it was counted with, so that the link says all of it.
    view.show(list.startsWith('cut') ? { list, ...cut } : { list });
    const lists = document.getElementById('single-answers');
    lists?.scrollIntoView();
    // Who works with keys goes on in the list, not where the page was left.
    lists?.focus({ preventScroll: true });
  };
  const waiting = EvaluationStore.use((state) => state.waiting);
  const elsewhereId = useElsewhereId();
  const state = isInterrupted(record, { liveId: live ? record.id : elsewhereId, waiting }) ? 'paused' : record.state;
  return (
    <Page
      title={record.name}
      width="full"
      above={<Link to="/eval">Evaluations</Link>}
      actions={<Exports record={record} subject={{ answers, source, request, found, other }} />}
      lead={<CoverageLine report={report} isPartial={isPartial} />}
    >
      <div className={styles.report} data-testid="eval-report" data-eval-id={record.id} data-state={state}>
        {record.state === 'done' && !live ? null : <ProgressPanel record={record} done={answers.length} />}
        <ReportLinkNotes record={record} other={view.other} answers={answers} sources={sources} isRead={isRead && answers.length > 0} />
        <FailedNotice record={record} answers={answers} isLive={live} onList={() => openList('failed')} />
        <ModelNotes tiny={tiny} synthetic={record.synthetic} />
        {record.config.perturbation ? <PerturbedNote record={record} /> : null}
        {record.imported ? <ImportedPanel record={record} imported={record.imported} report={report} /> : null}
        {record.error ? <ErrorNotice error={record.error} /> : null}
        {answers.length === 0 ? (
          <p className={styles.muted}>{isRead ? 'No answers yet. Figures appear with the first one.' : 'Reading the answers…'}</p>
        ) : (
          <>
            {sources.length > 1 ? (
              <div className={styles.tools}>
                <span className={styles.muted}>Scores from</span>
                <Pills
                  label="Which probability ranks the images"
                  value={source}
                  onChange={(chosen) => view.show({ source: chosen, threshold: null })}
                  options={sources.map((value) => ({ value, label: SOURCE_NAMES[value] }))}
                />
              </div>
            ) : sources.length === 1 ? (
              <p className={styles.muted}>Scores from the {SOURCE_NAMES[source].toLowerCase()}, the only probability in these answers.</p>
            ) : null}
            <ReportBody
              record={record}
              answers={answers}
              report={report}
              intervals={found.intervals}
              cut={cut}
              isLive={live}
              view={view}
              onOpen={openList}
            />
          </>
        )}
      </div>
    </Page>
  );
}
