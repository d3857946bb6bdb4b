// Named filters of this dataset: one click puts one into the address, another stores the present one.
import { Button, CloseButton, TextInput } from '@mantine/core';
import { useState } from 'react';
import { NoticesStore } from '../../../state/notices.ts';
import { SamplesStore } from '../../../state/samples.ts';
import styles from '../DatasetPage.module.css';
import { viewQuery, withView, type AddressChange } from './filter.ts';

export interface SavedViewsProps {
  params: URLSearchParams;
  onChange: (change: AddressChange) => void;
}

/** The list with a field to add the present view. */
export function SavedViews({ params, onChange }: SavedViewsProps) {
  const views = SamplesStore.use((state) => state.views);
  const store = SamplesStore.useApi();
  const notices = NoticesStore.useApi();
  const [name, setName] = useState('');
  const query = viewQuery(params);
  const guard = (work: Promise<void>) => void work.catch((error: unknown) => notices.getState().raise(error));
  const save = () => {
    guard(store.getState().saveViews([{ name: name.trim(), query }]));
    setName('');
  };
  const remove = (view: (typeof views)[number]) => {
    const { datasetId } = store.getState(); // another one may be open when it is taken back
    guard(store.getState().removeView(view.name));
    const undo = () => guard(store.getState().saveViews([view], datasetId));
    const notice = notices.getState().offer(`The view ${view.name} was removed.`, { label: 'Undo', run: undo });
    setTimeout(() => notices.getState().dismiss(notice), 12_000);
  };
  return (
    <fieldset className={styles.views} data-testid="saved-views">
      <legend>Saved views</legend>
      {views.length === 0 ? <p className={styles.source}>Set filters, then store them under a name.</p> : null}
      <ul>
        {views.map((view) => (
          <li key={view.name}>
            <button
              type="button"
              className={styles.view}
              aria-pressed={view.query === query}
              data-testid="saved-view"
              data-query={view.query}
              onClick={() => onChange((now) => withView(now, view.query))}
            >
              {view.name}
            </button>
            <CloseButton size="sm" aria-label={`Remove the view ${view.name}`} onClick={() => remove(view)} />
          </li>
        ))}
      </ul>
      {query === '' ? null : (
        <div className={styles.saveView}>
          <TextInput
            placeholder="name"
            aria-label="Name of the view"
            data-testid="view-name"
            value={name}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && name.trim() && save()}
          />
          <Button variant="default" disabled={name.trim() === ''} onClick={save} data-testid="view-save">
            Save
          </Button>
        </div>
      )}
    </fieldset>
  );
}
