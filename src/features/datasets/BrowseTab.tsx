import { Button, TextInput } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import { EmptyState } from '../../components/EmptyState.tsx';
import { formatCount } from '../../components/format.ts';
import { SamplesStore } from '../../state/samples.ts';
import { SelectionStore } from '../../state/selection.ts';
import styles from './DatasetPage.module.css';
import { Facets } from './Facets.tsx';
import { filterRows, readFilter, withParameter } from './filter.ts';
import { Gallery } from './Gallery.tsx';
import { QuickView } from './QuickView.tsx';

/** Facets, gallery and quick view; the whole state is in the address. */
export function BrowseTab({ datasetId }: { datasetId: string }) {
  const rows = SamplesStore.use((state) => state.rows);
  const selection = SelectionStore.useApi();
  const [params, setParams] = useSearchParams();
  const filter = useMemo(() => readFilter(params), [params]);
  const shown = useMemo(() => filterRows(rows, filter), [rows, filter]);
  const selectedId = params.get('sample');
  const change = (next: URLSearchParams) => setParams(next, { replace: true });
  useEffect(() => {
    selection.getState().setSamples(
      datasetId,
      shown.map(({ id }) => id),
    );
  }, [selection, datasetId, shown]);

  return (
    <div className={styles.browse} data-quick={selectedId ? true : undefined}>
      <div className={styles.side}>
        <TextInput
          placeholder="Search paths"
          aria-label="Search paths"
          value={filter.search}
          onChange={(event) => change(withParameter(params, 'q', event.target.value))}
          data-page-search
        />
        <Facets rows={rows} filter={filter} params={params} onChange={change} />
        <PredictionSource />
      </div>
      <div className={styles.center}>
        <p className={styles.count} aria-live="polite">
          <span data-testid="gallery-count" data-value={shown.length}>
            {formatCount(shown.length)}
          </span>{' '}
          of {formatCount(rows.length)} images
          {shown.length < rows.length ? <ClearFilters params={params} onChange={change} /> : null}
        </p>
        {shown.length === 0 ? (
          <EmptyState
            title={rows.length === 0 ? 'This dataset holds no images' : 'No image matches'}
            actions={rows.length > 0 ? <ClearFilters params={params} onChange={change} /> : null}
          >
            {rows.length === 0
              ? 'Its import was stopped before the first one was stored. Delete it, or import the folder again.'
              : 'Switch off the last filter, or clear all of them.'}
          </EmptyState>
        ) : (
          <Gallery rows={shown} selectedId={selectedId} onSelect={(id) => change(withParameter(params, 'sample', id))} />
        )}
      </div>
      {selectedId ? <QuickView key={selectedId} sampleId={selectedId} onClose={() => change(withParameter(params, 'sample', ''))} /> : null}
    </div>
  );
}

function ClearFilters({ params, onChange }: { params: URLSearchParams; onChange: (next: URLSearchParams) => void }) {
  const clear = () => {
    const next = new URLSearchParams(params);
    for (const name of ['domain', 'split', 'label', 'predicted', 'q']) next.delete(name);
    onChange(next);
  };
  return (
    <Button variant="subtle" size="compact-xs" onClick={clear}>
      Clear filters
    </Button>
  );
}

function PredictionSource() {
  const source = SamplesStore.use((state) => state.predictedBy);
  return (
    <p className={styles.source}>
      {source ? (
        <>
          Model answers from <Link to={`/eval/${source.evalId}`}>{source.name}</Link>, the newest evaluation.
        </>
      ) : (
        'No evaluation of this dataset yet, so no model answers to filter by.'
      )}
    </p>
  );
}
