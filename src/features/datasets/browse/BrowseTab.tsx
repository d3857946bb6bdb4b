import { Button, NativeSelect } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { Link } from 'react-router';
import { LinkNotes } from '../../../components/LinkNotes.tsx';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { formatCount } from '../../../components/format.ts';
import { useParameters } from '../../../components/use-parameters.ts';
import { REVIEW_TAG } from '../../../shared/sample-choice.ts';
import { FIXED_KEYS } from '../../../state/key-tables.ts';
import { SamplesStore } from '../../../state/samples.ts';
import { SelectionStore } from '../../../state/selection.ts';
import { useKeys } from '../../../state/use-keys.ts';
import styles from '../DatasetPage.module.css';
import { Facets } from './Facets.tsx';
import { applyFilter, ORDERS, readFilter, viewQuery, withParameter, withView, type AddressChange } from './filter.ts';
import { FilterFold } from './FilterFold.tsx';
import { Gallery } from './Gallery.tsx';
import { browseLinkRules } from './browse-link.ts';
import { QuickView } from './QuickView.tsx';
import { SavedViews } from './SavedViews.tsx';
import { SearchField, useTextHits } from './SearchField.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { UseView } from './UseView.tsx';
import { useSampleEdits } from '../use-sample-edits.ts';

/** Search, facets, views, gallery and quick view; the whole state is in the address. */
export function BrowseTab({ datasetId }: { datasetId: string }) {
  const rows = SamplesStore.use((state) => state.rows);
  const selection = SelectionStore.useApi();
  const picked = SelectionStore.use((state) => state.picked);
  const [params, change] = useParameters();
  const view = viewQuery(params); // opening an image changes the address, but not the filter
  const filter = useMemo(() => readFilter(new URLSearchParams(view)), [view]);
  const hits = useTextHits(filter.search);
  const { shown, counts } = useMemo(() => applyFilter(rows, filter, hits), [rows, filter, hits]);
  const selectedId = params.get('sample');
  const set = (name: string, value: string) => change((now) => withParameter(now, name, value));
  const edits = useSampleEdits();
  const center = useRef<HTMLDivElement>(null);
  const closeQuickView = () => {
    set('sample', '');
    // The image that was looked at, wherever in its view the focus was.
    center.current?.querySelector<HTMLElement>('[role=gridcell] [tabindex="0"]')?.focus({ preventScroll: true });
  };
  useKeys(FIXED_KEYS, { close: selectedId ? closeQuickView : undefined });
  useEffect(() => {
    selection.getState().setSamples(
      datasetId,
      shown.map(({ id }) => id),
    );
  }, [selection, datasetId, shown]);
  const knownTags = counts.tag.flatMap(({ value, isMissing }) => (value === 'none' || isMissing ? [] : [value]));
  const rules = useMemo(() => browseLinkRules(counts), [counts]);

  return (
    <div className={styles.browse} data-quick={selectedId ? true : undefined}>
      <div className={styles.side}>
        <SearchField value={filter.search} onChange={(text) => set('q', text)} />
        <FilterFold active={new URLSearchParams(view).size}>
          <Facets counts={counts} onChange={change} />
          <SavedViews params={params} onChange={change} />
          <PredictionSource />
        </FilterFold>
      </div>
      <div ref={center} className={styles.center}>
        <LinkNotes rules={rules} />
        <div className={styles.count}>
          <p aria-live="polite">
            <span data-testid="gallery-count" data-value={shown.length}>
              {formatCount(shown.length)}
            </span>{' '}
            of {formatCount(rows.length)} images
          </p>
          {shown.length < rows.length ? <ClearFilters onChange={change} /> : null}
          {shown.length > 0 && shown.length < rows.length ? (
            <UseView datasetId={datasetId} params={params} shown={shown} edits={edits} />
          ) : null}
          <span className={styles.order}>
            <Button
              variant="subtle"
              size="compact-xs"
              data-testid="pick-all"
              onClick={() => selection.getState().setPicked(shown.map(({ id }) => id))}
            >
              Pick all shown
            </Button>
            <NativeSelect
              size="xs"
              aria-label="Order of the images"
              data-testid="gallery-order"
              value={filter.order}
              onChange={(event) => set('sort', event.currentTarget.value)}
              data={ORDERS.map(({ value, label }) => ({ value, label: `by ${label}` }))}
            />
          </span>
        </div>
        {picked.size > 0 ? (
          <SelectionBar picked={picked} knownTags={knownTags} edits={edits} onClear={() => selection.getState().setPicked([])} />
        ) : null}
        {shown.length === 0 ? (
          <EmptyState
            title={rows.length === 0 ? 'This dataset holds no images' : 'No image matches'}
            actions={rows.length > 0 ? <ClearFilters onChange={change} /> : null}
          >
            {rows.length === 0
              ? 'Its import was stopped before the first one was stored. Delete it, or import the folder again.'
              : 'Switch off the last filter, or clear all of them.'}
          </EmptyState>
        ) : (
          <Gallery
            rows={shown}
            selectedId={selectedId}
            onSelect={(id) => set('sample', id)}
            picked={picked}
            onPick={selection.getState().setPicked}
            onMark={({ id, tags }) => void edits.setTag([id], REVIEW_TAG, !tags.includes(REVIEW_TAG))}
          />
        )}
      </div>
      {selectedId ? <QuickView key={selectedId} sampleId={selectedId} edits={edits} onClose={closeQuickView} /> : null}
    </div>
  );
}

function ClearFilters({ onChange }: { onChange: (change: AddressChange) => void }) {
  const clear: AddressChange = (now) => withParameter(withView(now, ''), 'sort', now.get('sort') ?? '');
  return (
    <Button variant="subtle" size="compact-xs" onClick={() => onChange(clear)}>
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
