// A run as it happens: state, charts, health, answers of each step, checkpoints.
import { useEffect, useState } from 'react';
import { Link, useParams } from 'react-router';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatDate, formatHash } from '../../../components/format.ts';
import { LinkNotes } from '../../../components/LinkNotes.tsx';
import { ModelNotes } from '../../../components/ModelNotes.tsx';
import { Page } from '../../../components/Page.tsx';
import type { RunRecord, StepRecord } from '../../../shared/domain/run.ts';
import { DatasetsStore } from '../../../state/datasets.ts';
import { ModelsStore } from '../../../state/models.ts';
import { RUN_KEYS } from '../../../state/key-tables.ts';
import { ALGORITHM_NAMES } from '../../../state/run-name.ts';
import { RunStore } from '../../../state/run.ts';
import { useWriterReason } from '../../../state/writer.ts';
import { useKeys } from '../../../state/use-keys.ts';
import { CheckpointList } from './CheckpointList.tsx';
import { CompletionsTable } from './CompletionsTable.tsx';
import { HealthColumn } from './HealthColumn.tsx';
import { LeftOutNote } from './LeftOutNote.tsx';
import { LogPanel } from './LogPanel.tsx';
import { RunExports } from './RunExports.tsx';
import { RunCharts } from './RunCharts.tsx';
import { RunHeader } from './RunHeader.tsx';
import { RunSettings } from './RunSettings.tsx';
import { SmallerOffers } from './SmallerOffers.tsx';
import { runLinkRules } from './run-link.ts';
import { useRunView } from './use-run-view.ts';
import styles from '../Training.module.css';

const NO_STEPS: StepRecord[] = [];

/** A link to a run that this browser does not have. */
function MissingRun({ id }: { id: string }) {
  return (
    <Page title="Training run">
      <ErrorNotice
        error={{
          code: 'E-MISSING',
          message: `This browser holds no run "${id}".`,
          safe: 'Your other runs are unharmed.',
          remedy: 'Open it in the browser where it ran, or choose another one from Train.',
        }}
      />
    </Page>
  );
}

/** The head follows every phase of a step; nothing else of the page is drawn again for one. */
function LiveHeader({ run, steps }: { run: RunRecord; steps: readonly StepRecord[] }) {
  const live = RunStore.use((state) => (state.live?.runId === run.id ? state.live : null));
  return <RunHeader run={run} live={live} steps={steps} />;
}

/** The live page of one known run. */
function RunView({ run }: { run: RunRecord }) {
  const steps = RunStore.use((state) => state.steps[run.id]) ?? NO_STEPS;
  const runs = RunStore.useApi();
  const partner = RunStore.use((state) => state.runs?.find(({ id }) => id === run.pairedRunId));
  const tiny = ModelsStore.use((state) => state.models.find(({ id }) => id === run.baseModelId)?.tiny ?? true);
  const synthetic = DatasetsStore.use((state) => state.datasets.find(({ id }) => id === run.datasetId)?.synthetic ?? false);
  const { charts, setCharts, step: chosenStep, setStep } = useRunView();
  const isPolicy = run.algorithm === 'grpo' || run.algorithm === 'prpo';
  const step = Math.min(chosenStep ?? run.step, run.step);
  const isOff = useWriterReason() !== undefined;
  const showStep = (other: number) => setStep(Math.min(run.step, Math.max(1, other)));
  useKeys(RUN_KEYS, {
    toggle: () => {
      const { control, live, resume } = runs.getState();
      if (live?.runId === run.id) void control('pause');
      else if (!isOff && run.state !== 'done' && run.state !== 'stopped') void resume(run.id);
    },
    olderStep: () => showStep(step - 1),
    newerStep: () => showStep(step + 1),
  });
  return (
    <Page
      title={run.name}
      width="full"
      above={<Link to="/train">Training runs</Link>}
      actions={<RunExports run={run} steps={steps} />}
      lead={
        run.importedFrom ? (
          `Read from ${run.importedFrom}. A log does not tell settings, data or model.`
        ) : (
          <>
            {ALGORITHM_NAMES[run.algorithm]}, preset {run.config.preset}, from {run.baseModelName} on {run.datasetName} (hash{' '}
            {formatHash(run.datasetHash)}), seed {run.config.seed}, started {formatDate(run.createdAt)}.{' '}
            {partner ? (
              <>
                Pair: <Link to={`/run/${partner.id}`}>{partner.name}</Link>,{' '}
                <Link to={`/compare?runs=${run.id},${partner.id}`}>compare both</Link>.
              </>
            ) : null}
          </>
        )
      }
    >
      <LiveHeader run={run} steps={steps} />
      <LinkNotes rules={runLinkRules(run)} />
      {run.error ? <ErrorNotice error={run.error} /> : null}
      <SmallerOffers run={run} />
      <LeftOutNote steps={steps} />
      <div className={styles.runLayout}>
        <RunCharts run={run} steps={steps} view={charts} onView={setCharts} markStep={chosenStep === null ? null : step} />
        <HealthColumn run={run} steps={steps} />
      </div>
      {isPolicy && run.step > 0 ? (
        <CompletionsTable run={run} step={step} follows={chosenStep === null} onStep={setStep} onFollow={() => setStep(null)} />
      ) : null}
      <LogPanel run={run} steps={steps} />
      <div className={styles.bottom}>
        <CheckpointList run={run} />
        {run.importedFrom ? null : <RunSettings run={run} />}
      </div>
      <ModelNotes tiny={tiny} synthetic={synthetic} />
    </Page>
  );
}

function KnownRun({ id }: { id: string }) {
  const open = RunStore.use((state) => state.open);
  const run = RunStore.use((state) => state.runs?.find((record) => record.id === id));
  const [missing, setMissing] = useState<string | null>(null);
  useEffect(() => {
    void open(id).then((found) => setMissing(found ? null : id));
  }, [open, id]);
  if (missing === id && !run) return <MissingRun id={id} />;
  return run ? <RunView key={run.id} run={run} /> : <Page title="Training run">Reading the run…</Page>;
}

/** `#/run/latest`: always the newest run of this browser, so that one open page follows one run after the other. */
function LatestRun() {
  const { runs, refresh } = RunStore.use((state) => state);
  useEffect(() => {
    void refresh();
  }, [refresh]);
  const newest = runs?.find(({ archived, importedFrom }) => !archived && !importedFrom);
  if (newest) return <KnownRun id={newest.id} />;
  return (
    <Page title="Latest run">
      {runs === null ? (
        'Reading the runs…'
      ) : (
        <EmptyState title="No runs yet" actions={<Link to="/train/new">Set up the first run</Link>}>
          This address always shows the newest run; the first one appears here by itself.
        </EmptyState>
      )}
    </Page>
  );
}

/** The page `#/run/:id`; `latest` follows the newest. */
export function RunPage() {
  const { id = '' } = useParams();
  return id === 'latest' ? <LatestRun /> : <KnownRun id={id} />;
}
