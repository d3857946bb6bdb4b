// The model asked about a changed copy: the answer against that to the unchanged picture, and all changes asked about so far.
import { Button } from '@mantine/core';
import { DeleteAction } from '../../../components/DeleteAction.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatDate, formatPlural, formatProbability } from '../../../components/format.ts';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import type { WeightPrecision } from '../../../shared/config/config.ts';
import { describeEdit, type ImageEdit } from '../../../shared/image/edit.ts';
import { explanationKey } from '../../../state/explanation-key.ts';
import { InspectionStore } from '../../../state/inspection.ts';
import { NoticesStore } from '../../../state/notices.ts';
import { KeepNotice } from '../KeepNotice.tsx';
import type { Reading } from '../reading.ts';
import { StreamingView } from '../ReadingView.tsx';
import { useChanges, type AskedChange } from '../use-explanation.ts';
import { ReadingChange } from './ReadingChange.tsx';
import styles from '../Inspector.module.css';

export interface AskAgainProps {
  modelId: string;
  sampleId: string;
  precision: WeightPrecision;
  edit: ImageEdit;
  /** The changed copy; null until it is made. */
  image: Blob | null;
  /** The answer to the unchanged picture. */
  before: Reading | null;
  onShow: (edit: ImageEdit) => void;
}

/** The button, the answer as it is written, what it changed, and the list. */
export function AskAgain({ modelId, sampleId, precision, edit, image, before, onShow }: AskAgainProps) {
  const { request, asked, ask, forget } = useChanges(modelId, sampleId, precision);
  const notices = NoticesStore.useApi();
  const state = InspectionStore.use(({ explanations }) => explanations[explanationKey({ ...request, variant: { edit } })]);
  const isBusy = state?.phase === 'loading' || state?.phase === 'generating';
  const name = describeEdit(edit);
  const after = isBusy ? null : (asked.find((one) => describeEdit(one.edit) === name)?.reading ?? null);
  return (
    <>
      <Button
        data-testid="what-if-ask"
        loading={isBusy}
        disabled={image === null}
        variant={after ? 'default' : undefined}
        onClick={() => image && ask(edit, image)}
      >
        {after ? 'Ask about this change once more' : 'Ask again with this change'}
      </Button>
      {state?.error ? <ErrorNotice error={state.error} /> : null}
      <KeepNotice error={state?.keepError} what="The answer about the changed picture" />
      {isBusy ? <StreamingView text={state.text} tokenCount={state.tokenCount} label="Writing about the changed picture" /> : null}
      {after && before ? <Comparison before={before} after={after} /> : null}
      {asked.length > 0 ? (
        <AskedSoFar
          before={before}
          asked={asked}
          shown={name}
          onShow={onShow}
          onForget={() => void forget().catch((error: unknown) => notices.getState().raise(error))}
        />
      ) : null}
    </>
  );
}

function Comparison({ before, after }: { before: Reading; after: Reading }) {
  return (
    <div
      className={styles.tab}
      data-testid="what-if-result"
      data-before-head={before.pFakeHead ?? ''}
      data-after-head={after.pFakeHead ?? ''}
    >
      <h2 className={styles.subhead}>What the model says changed</h2>
      <p className={styles.facts}>
        {after.source}
        {after.tokenCount > 0 ? ` · ${formatPlural(after.tokenCount, 'token')}` : ''}
      </p>
      <ReadingChange before={before} after={after} texts={{ before: 'the unchanged picture', after: 'the changed one' }} />
    </div>
  );
}

interface AskedSoFarProps {
  before: Reading | null;
  asked: readonly AskedChange[];
  /** The change on show, in words. */
  shown: string;
  onShow: (edit: ImageEdit) => void;
  onForget: () => void;
}

function Figures({ reading }: { reading: Reading }) {
  return (
    <>
      <td>
        <LabelMark label={reading.predict ?? 'unparsed'} />
      </td>
      <td>{formatProbability(reading.pFakeHead, 3)}</td>
      <td>{formatProbability(reading.pFakeToken, 3)}</td>
    </>
  );
}

/** All changes asked about, so that masks can be compared; each can be shown again. */
function AskedSoFar({ before, asked, shown, onShow, onForget }: AskedSoFarProps) {
  return (
    <section className={styles.tab} aria-label="Changes asked about">
      <div className={styles.scroll} role="region" aria-label="Changes asked about, table" tabIndex={0}>
        <table className={styles.smallTable} data-testid="changes-asked" data-count={asked.length}>
          <caption>Changes of this image that the model was asked about</caption>
          <TableHead columns={['change', 'states', ...numberHeads('P(fake), head', 'P(fake), token'), 'asked']} />
          <tbody>
            {before ? (
              <tr>
                <th scope="row">unchanged</th>
                <Figures reading={before} />
                <td>–</td>
              </tr>
            ) : null}
            {asked.map(({ edit, reading }) => {
              const name = describeEdit(edit);
              return (
                <tr key={name} data-open={name === shown || undefined}>
                  <th scope="row">
                    <button type="button" className={styles.rowButton} aria-pressed={name === shown} onClick={() => onShow(edit)}>
                      {name}
                    </button>
                  </th>
                  <Figures reading={reading} />
                  <td>{reading.askedAt === null ? '–' : formatDate(reading.askedAt)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div className={styles.askBar}>
        <span className={styles.facts}>{formatPlural(asked.length, 'answer')} about changed copies.</span>
        <DeleteAction
          name={`the ${formatPlural(asked.length, 'answer')} about changed copies of this image`}
          confirm={`Delete ${formatPlural(asked.length, 'answer')}`}
          onDelete={onForget}
        />
      </div>
    </section>
  );
}
