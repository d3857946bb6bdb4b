// Lengths of the texts in the chosen model's tokens: what training would cut, and what has no text at all.
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatCount, formatPlural } from '../../../components/format.ts';
import type { LinkRule } from '../../../components/link-values.ts';
import { LinkNotes } from '../../../components/LinkNotes.tsx';
import { ModelSelect } from '../../../components/ModelSelect.tsx';
import { Panel } from '../../../components/Page.tsx';
import { useParameters } from '../../../components/use-parameters.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import type { TextStatistics } from '../../../shared/domain/text-statistics.ts';
import { DatasetHealthStore } from '../../../state/dataset-health.ts';
import { ModelsStore } from '../../../state/models.ts';
import { SelectionStore } from '../../../state/selection.ts';
import pageStyles from '../DatasetPage.module.css';
import styles from './Health.module.css';
import { Histogram } from './Histogram.tsx';
import histogramStyles from './Histogram.module.css';
import { withParameter } from '../browse/filter.ts';
import { useSampleEdits } from '../use-sample-edits.ts';

const TOO_LONG_TAG = 'too-long';

/** Counted when the tab is opened and when another model is chosen. */
export function TextTab({ dataset }: { dataset: DatasetRecord }) {
  const models = ModelsStore.use((state) => state.models);
  const selected = SelectionStore.use((state) => state.modelId);
  const selection = SelectionStore.useApi();
  const store = DatasetHealthStore.useApi();
  const { textProgress, textError } = DatasetHealthStore.use((state) => state);
  const [params, change] = useParameters();
  const modelId = [params.get('model'), selected].find((id) => models.some((model) => model.id === id)) ?? models[0]?.id ?? null;
  const choose = (id: string) => {
    selection.getState().chooseModel(id);
    change((now) => withParameter(now, 'model', id));
  };
  const texts = DatasetHealthStore.use(({ texts: known }) => (known?.datasetId === dataset.id && known.modelId === modelId ? known : null));
  useEffect(() => {
    if (modelId && dataset.annotationCount > 0) void store.getState().countTexts(dataset.id, modelId);
    // Counted anew when the images have changed.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [store, dataset.id, dataset.contentHash, dataset.annotationCount, modelId]);
  if (dataset.annotationCount === 0) {
    return (
      <EmptyState title="No text in this dataset">
        None of its images came with an annotation. PRPO and GRPO train without; SFT needs a training JSON beside the images.
      </EmptyState>
    );
  }
  return (
    <div className={pageStyles.health}>
      <Panel title="Lengths" aside="counted with the tokenizer of the model">
        {models.length > 0 ? <LinkNotes rules={modelRules(models)} /> : null}
        <ModelSelect models={models} value={modelId} onChange={choose} />
        {textProgress && textProgress.total > 0 ? (
          <p className={styles.quiet} aria-live="polite">
            {formatCount(textProgress.done)} of {formatCount(textProgress.total)} rows counted
          </p>
        ) : null}
        {textError ? (
          <ErrorNotice
            error={textError}
            action={{ label: 'Try again', onClick: () => modelId && void store.getState().countTexts(dataset.id, modelId) }}
          />
        ) : null}
        {texts ? <Lengths texts={texts} /> : null}
      </Panel>
    </div>
  );
}

/** A link names the model whose tokens are counted. */
const modelRules = (models: readonly { id: string; name: string }[]): readonly LinkRule[] => [
  { parameter: 'model', what: 'the model', isKnown: (id) => models.some((model) => model.id === id), instead: 'another model' },
];

function Lengths({ texts }: { texts: TextStatistics }) {
  const { rowCount, withoutText, contextLength, visionTokens, tokens, words, paragraphs, tooLongCount } = texts;
  return (
    <div
      className={styles.groups}
      data-testid="text-statistics"
      data-rows={rowCount}
      data-without={withoutText}
      data-too-long={tooLongCount}
      data-context={contextLength}
      data-max-tokens={tokens?.max ?? ''}
    >
      <p>
        <b>{formatPlural(rowCount, 'row')}</b> with text, {formatPlural(withoutText, 'image')} without. The model takes{' '}
        {formatCount(contextLength)} tokens; an image is {formatPlural(visionTokens, 'token')} of them.
      </p>
      {tooLongCount > 0 ? <TooLong texts={texts} /> : <p className={styles.fine}>Every row fits into the model’s context.</p>}
      <div className={histogramStyles.grid}>
        {tokens ? (
          <Histogram
            title="Tokens per row: template, image, question, answer"
            metric="tokens"
            distribution={tokens}
            limit={{ value: contextLength, words: `limit ${formatCount(contextLength)}` }}
          />
        ) : null}
        {words ? <Histogram title="Words per answer" metric="words" distribution={words} /> : null}
        {paragraphs ? (
          <Histogram title="Paragraphs per answer, as rewards count them" metric="paragraphs" distribution={paragraphs} />
        ) : null}
      </div>
    </div>
  );
}

const LISTED = 10;

function TooLong({ texts }: { texts: TextStatistics }) {
  const { datasetId, tooLong, tooLongCount, contextLength } = texts;
  const edits = useSampleEdits();
  return (
    <>
      <p className={styles.warning}>
        {formatPlural(tooLongCount, 'row is', 'rows are')} longer than {formatCount(contextLength)} tokens. Supervised training would cut
        their end, and with it the answer line.
      </p>
      <ul>
        {tooLong.slice(0, LISTED).map(({ sampleId, path, tokens }) => (
          <li key={sampleId}>
            <Link to={`/data/${encodeURIComponent(datasetId)}?sample=${encodeURIComponent(sampleId)}`}>
              <code>{path}</code>
            </Link>{' '}
            {formatCount(tokens)} tokens
          </li>
        ))}
      </ul>
      <div className={styles.actions}>
        <Button
          variant="default"
          onClick={() => void edits.setTag(tooLong.map(({ sampleId }) => sampleId), TOO_LONG_TAG, true)} /* prettier-ignore */
        >
          Tag {formatCount(tooLong.length)} of them {TOO_LONG_TAG}
        </Button>
      </div>
    </>
  );
}
