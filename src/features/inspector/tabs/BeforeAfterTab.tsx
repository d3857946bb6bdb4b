// The same image under two models or checkpoints: what changed in the verdict and in the reasoning.
import { Button } from '@mantine/core';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import type { ModelOption } from '../../../components/ModelSelect.tsx';
import { ModelSelect } from '../../../components/ModelSelect.tsx';
import type { ExplainState } from '../../../state/inspection-state.ts';
import type { Reading } from '../reading.ts';
import { ReadingView, StreamingView } from '../ReadingView.tsx';
import { ReadingChange } from './ReadingChange.tsx';
import styles from '../Inspector.module.css';

export interface BeforeAfterTabProps {
  models: readonly ModelOption[];
  before: { modelId: string | null; reading: Reading | null };
  after: { modelId: string | null; reading: Reading | null; state: ExplainState | undefined };
  onChooseAfter: (modelId: string) => void;
  onRun: () => void;
}

/** Two readings with their difference. The first model is the page's own choice. */
export function BeforeAfterTab({ models, before, after, onChooseAfter, onRun }: BeforeAfterTabProps) {
  const isBusy = after.state?.phase === 'loading' || after.state?.phase === 'generating';
  const nameOf = (id: string | null): string => models.find((model) => model.id === id)?.name ?? 'no model';
  return (
    <div className={styles.tab}>
      <div className={styles.chooseAfter}>
        <ModelSelect label="Compare with" models={models} value={after.modelId} onChange={onChooseAfter} />
        <Button data-testid="compare-run" onClick={onRun} loading={isBusy} disabled={!after.modelId}>
          Run on this image
        </Button>
      </div>
      {after.state?.error ? <ErrorNotice error={after.state.error} /> : null}
      {before.reading && after.reading ? (
        <ReadingChange
          before={before.reading}
          after={after.reading}
          texts={{ before: `the answer of ${nameOf(before.modelId)}`, after: `of ${nameOf(after.modelId)}` }}
        />
      ) : null}
      <div className={styles.sideBySide}>
        <section>
          <h2 className={styles.subhead}>{nameOf(before.modelId)}</h2>
          {before.reading ? (
            <ReadingView reading={before.reading} label={`Reasoning of ${nameOf(before.modelId)}`} />
          ) : (
            <p className={styles.facts}>Not asked yet.</p>
          )}
        </section>
        <section>
          <h2 className={styles.subhead}>{nameOf(after.modelId)}</h2>
          {after.reading ? (
            <ReadingView reading={after.reading} label={`Reasoning of ${nameOf(after.modelId)}, compared`} />
          ) : isBusy ? (
            <StreamingView text={after.state?.text ?? ''} tokenCount={after.state?.tokenCount ?? 0} label="Writing" />
          ) : (
            <p className={styles.facts}>Not asked yet.</p>
          )}
        </section>
      </div>
    </div>
  );
}
