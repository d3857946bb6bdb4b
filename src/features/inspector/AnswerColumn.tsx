// Right of the picture: which answer, its verdict, and the tabs that read it.
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { ModelNotes } from '../../components/ModelNotes.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import type { ExplainState } from '../../state/inspection-state.ts';
import { ModelsStore } from '../../state/models.ts';
import { useFrozenThreshold } from '../../state/use-frozen-threshold.ts';
import { InspectLinkNotes } from './InspectLinkNotes.tsx';
import { KeepNotice } from './KeepNotice.tsx';
import { MeasuredErrors, ModelBar } from './ModelBar.tsx';
import type { Reading } from './reading.ts';
import { StoredAnswers } from './StoredAnswers.tsx';
import { ReadingTabs, type ReadingTabsProps } from './tabs/ReadingTabs.tsx';
import type { ShownAnswer } from './use-answer.ts';
import styles from './Inspector.module.css';

const THRESHOLD = 0.5;

interface AnswerColumnProps extends Omit<ReadingTabsProps, 'main' | 'reading' | 'hasStored'> {
  answer: ShownAnswer;
  /** The dataset is a drawn one. */
  isSynthetic: boolean;
}

function readoutsOf(reading: Reading | null, state: ExplainState | undefined) {
  if (reading) return { ...reading, pending: false };
  return { pFakeHead: state?.pFakeHead ?? null, pFakeToken: null, predict: null, parseRule: '', pending: true };
}

export function AnswerColumn({ answer, isSynthetic, ...tabs }: AnswerColumnProps) {
  const { stored, main, isBusy, reading } = answer;
  const { address } = tabs;
  const { sample } = tabs.loaded;
  const { modelId, patch } = address;
  const tiny = ModelsStore.use((state) => state.models.find(({ id }) => id === modelId)?.tiny ?? false);
  const measured = useFrozenThreshold(modelId);
  return (
    <div className={styles.right}>
      <InspectLinkNotes address={address} stored={stored} main={main} reading={reading} />
      <ModelBar address={address} main={main} isBusy={isBusy} canRun={modelId !== null && sample !== null} />
      <StoredAnswers
        stored={(stored ?? []).filter(({ evaluation }) => evaluation.modelId === modelId)}
        asked={main.asked}
        shown={main.reading}
        onChoose={(id) => patch({ from: id })}
      />
      {main.state?.error ? <ErrorNotice error={main.state.error} action={{ label: 'Try again', onClick: main.run }} /> : null}
      <KeepNotice error={main.state?.keepError} what="The answer" />
      {reading || isBusy ? (
        <Verdict {...readoutsOf(reading, main.state)} truth={sample?.label ?? null} threshold={THRESHOLD} measured={measured} />
      ) : null}
      {reading && modelId ? <MeasuredErrors modelId={modelId} /> : null}
      <ReadingTabs {...tabs} main={main} reading={reading} hasStored={stored?.some(({ isEarlier }) => !isEarlier) ?? false} />
      <ModelNotes tiny={tiny} synthetic={isSynthetic} />
    </div>
  );
}
