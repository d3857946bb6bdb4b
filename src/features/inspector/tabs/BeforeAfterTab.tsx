// The same image under two models or checkpoints: what changed in the verdict and in the reasoning.
import { Button } from '@mantine/core';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { LabelMark } from '../../../components/LabelMark.tsx';
import type { ModelOption } from '../../../components/ModelSelect.tsx';
import { ModelSelect } from '../../../components/ModelSelect.tsx';
import { formatFigure, formatSigned } from '../../../components/format.ts';
import type { ExplainState } from '../../../state/inspection.ts';
import type { Reading } from '../reading.ts';
import { ReadingView, StreamingView } from '../ReadingView.tsx';
import { TableHead } from '../../../components/TableHead.tsx';
import styles from '../Inspector.module.css';

export interface BeforeAfterTabProps {
  models: readonly ModelOption[];
  before: { modelId: string | null; reading: Reading | null };
  after: { modelId: string | null; reading: Reading | null; state: ExplainState | undefined };
  onChooseAfter: (modelId: string) => void;
  onRun: () => void;
}

export interface ChangeTableProps {
  before: Reading;
  after: Reading;
  /** Of the two columns. */
  names?: readonly [string, string];
}

/** Readouts before and after, with the change. */
export function ChangeTable({ before, after, names = ['before', 'after'] }: ChangeTableProps) {
  const rows = [
    { name: 'P(fake), head', digits: 3, a: before.pFakeHead, b: after.pFakeHead },
    { name: 'P(fake), answer token', digits: 3, a: before.pFakeToken, b: after.pFakeToken },
    { name: 'Mean paragraph reward', digits: 3, a: before.completion.reward, b: after.completion.reward },
    { name: 'Paragraphs', digits: 0, a: before.completion.paragraphs.length, b: after.completion.paragraphs.length },
  ];
  return (
    <table className={styles.smallTable} data-testid="change-table">
      <TableHead columns={['readout', ...names, 'change']} />
      <tbody>
        <tr>
          <th scope="row">Written answer</th>
          <td>
            <LabelMark label={before.predict ?? 'unparsed'} />
          </td>
          <td>
            <LabelMark label={after.predict ?? 'unparsed'} />
          </td>
          <td>{before.predict === after.predict ? 'same' : 'flipped'}</td>
        </tr>
        {rows.map(({ name, digits, a, b }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{formatFigure(a, digits)}</td>
            <td>{formatFigure(b, digits)}</td>
            <td>{a === null || b === null ? '–' : formatSigned(b - a, digits)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
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
      {before.reading && after.reading ? <ChangeTable before={before.reading} after={after.reading} /> : null}
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
