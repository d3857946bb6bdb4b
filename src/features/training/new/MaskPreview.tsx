// How a run would use the tokens of its first samples.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatPlural } from '../../../components/format.ts';
import { Panel } from '../../../components/Page.tsx';
import { Pills } from '../../../components/Pills.tsx';
import type { MaskRow } from '../../../shared/domain/preview.ts';
import type { PreviewRequest } from '../../../state/preview.ts';
import { previewKey, PreviewStore } from '../../../state/preview.ts';
import { TokenView } from './TokenView.tsx';
import styles from './Preview.module.css';

function Rows({ rows, isPolicy }: { rows: readonly MaskRow[]; isPolicy: boolean }) {
  const [index, setIndex] = useState(0);
  const row = rows[Math.min(index, rows.length - 1)];
  if (!row) return <p className={styles.muted}>No image passes.</p>;
  return (
    <>
      <Pills
        label="Sample"
        value={String(Math.min(index, rows.length - 1))}
        onChange={(value) => setIndex(Number(value))}
        options={rows.map(({ path }, i) => ({ value: String(i), label: path }))}
      />
      <p className={styles.muted}>
        {isPolicy
          ? row.source === 'reference'
            ? 'The reference answer stands in for the answers that the run will sample.'
            : 'The data has no reference answer, so the model wrote this one.'
          : 'The reference answer of the data.'}
        {row.cutTokens > 0 ? ` ${formatPlural(row.cutTokens, 'token')} beyond the length of the model are cut.` : ''}
      </p>
      <TokenView tokens={row.tokens} visionTokens={row.visionTokens} label={`Tokens of ${row.path}`} />
    </>
  );
}

/** The panel; it asks the engine only when told to. */
export function MaskPreview({ request, isValid }: { request: PreviewRequest; isValid: boolean }) {
  const { mask, loadMask } = PreviewStore.use((state) => state);
  const isOld = mask.result !== null && mask.key !== previewKey(request, 'mask');
  const { algorithm } = request.config;
  return (
    <Panel title="What is learnt, token by token" aside={isOld ? 'of other settings' : undefined}>
      <div className={styles.actions}>
        <Button
          variant="default"
          data-testid="mask-preview"
          disabled={!isValid}
          loading={mask.isRunning}
          onClick={() => void loadMask(request)}
        >
          {mask.result === null ? 'Show the tokens' : 'Show again'}
        </Button>
        <span className={styles.muted}>From the model's own tokenizer and the map that the update uses, on the first three images.</span>
      </div>
      {mask.error ? <ErrorNotice error={mask.error} /> : null}
      {mask.result ? (
        <div data-testid="mask-rows" data-rows={mask.result.length} data-old={isOld || undefined}>
          <Rows rows={mask.result} isPolicy={algorithm === 'grpo' || algorithm === 'prpo'} />
        </div>
      ) : null}
    </Panel>
  );
}
