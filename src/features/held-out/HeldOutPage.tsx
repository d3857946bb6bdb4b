// The paper's claim in small, as one click: a model that never saw a domain, PRPO on that domain without labels, before and after.
import { Button } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import { ModelNotes } from '../../components/ModelNotes.tsx';
import { Page, Panel } from '../../components/Page.tsx';
import { DatasetsStore, HELD_OUT_DOMAIN } from '../../state/datasets.ts';
import { EvaluationStore } from '../../state/evaluation.ts';
import { heldOutRecords, HeldOutStore, type HeldOutRecords } from '../../state/held-out.ts';
import { NoticesStore } from '../../state/notices.ts';
import { RunStore } from '../../state/run.ts';
import { BeforeAfter } from './BeforeAfter.tsx';
import styles from './HeldOutPage.module.css';
import { Steps } from './Steps.tsx';

function useRecords(): HeldOutRecords {
  const datasets = DatasetsStore.use((state) => state.datasets);
  const { evals, refresh: refreshEvals, open } = EvaluationStore.use((state) => state);
  const { runs, refresh: refreshRuns } = RunStore.use((state) => state);
  useEffect(() => {
    void refreshEvals();
    void refreshRuns();
  }, [refreshEvals, refreshRuns]);
  const records = useMemo(() => heldOutRecords(datasets, evals ?? [], runs ?? []), [datasets, evals, runs]);
  const [beforeId, afterId] = [records.before?.id, records.after?.id];
  useEffect(() => {
    if (beforeId) void open(beforeId);
    if (afterId) void open(afterId);
  }, [open, beforeId, afterId]);
  return records;
}

/** What the steps and the table above them already say needs no notice over them. */
function useNoOwnNotices({ before, run, after }: HeldOutRecords): void {
  const { notices, dismiss } = NoticesStore.use((state) => state);
  useEffect(() => {
    const shown = [`/eval/${before?.id}`, `/run/${run?.id}`, `/eval/${after?.id}`];
    for (const { id, error, link } of notices) if (!error && link && shown.includes(link.to)) dismiss(id);
  }, [notices, dismiss, before?.id, run?.id, after?.id]);
}

function StartButton({ records }: { records: HeldOutRecords }) {
  const { isDriving, start } = HeldOutStore.use((state) => state);
  const isComplete = records.after?.state === 'done';
  if (isComplete) return <span className={styles.hint}>Complete. Delete its run to do it again.</span>;
  const hasBegun = (records.dataset?.imageCount ?? 0) > 0;
  return (
    <Button size="sm" onClick={() => void start()} disabled={isDriving} data-testid="held-out-start">
      {isDriving ? 'Working through the steps' : hasBegun ? 'Go on' : 'Start the experiment'}
    </Button>
  );
}

/** `#/held-out` */
export function HeldOutPage() {
  const records = useRecords();
  useNoOwnNotices(records);
  const { before, after } = records;
  const answers = EvaluationStore.use((state) => state.answers);
  const beforeAnswers = before?.state === 'done' ? answers[before.id] : undefined;
  const afterAnswers = after?.state === 'done' ? answers[after.id] : undefined;
  return (
    <Page
      width="text"
      title="Held-out experiment"
      lead={`Can a detector adapt to a generator it never saw, without labels? A tiny model was trained on four synthetic domains. PRPO now lets it read the unlabelled portraits of the fifth, ${HELD_OUT_DOMAIN}.`}
    >
      <Panel title="Steps">
        <Steps records={records} />
        <div className={styles.actions}>
          <StartButton records={records} />
          {after?.state === 'done' ? null : (
            <span className={styles.hint}>
              About two minutes on two CPU cores. Everything is stored as it is made; you can leave this page.
            </span>
          )}
        </div>
      </Panel>
      {before && beforeAnswers && beforeAnswers.length > 0 ? (
        <BeforeAfter before={beforeAnswers} after={afterAnswers} to={`/eval/${after?.id ?? before.id}`} />
      ) : null}
      <ModelNotes tiny synthetic />
    </Page>
  );
}
