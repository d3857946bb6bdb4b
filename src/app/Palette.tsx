import { Modal } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { useEffect, useId, useState } from 'react';
import { useNavigate } from 'react-router';
import { formatCount, formatPlural } from '../components/format.ts';
import { Spoken } from '../components/Spoken.tsx';
import { KeyboardStore } from '../state/keyboard.ts';
import { type KeyTable, PAGE_KEYS } from '../state/key-tables.ts';
import { ModelsStore } from '../state/models.ts';
import { SelectionStore } from '../state/selection.ts';
import { useStoredWork } from '../state/use-stored-work.ts';
import { describeKey, ownKey } from './describe-key.ts';
import { NAVIGATION } from './navigation.ts';
import { usePaletteActions, type PaletteEntry } from './palette-actions.ts';
import { matchesQuery } from './palette-query.ts';
import styles from './CommandLayer.module.css';

/** Lines drawn at once; a browser full of runs has thousands. */
const SHOWN = 60;

/** Go anywhere or do anything by a few letters: pages, what is stored, images looked at last, actions. */
export function Palette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const navigate = useNavigate();
  const listId = useId();
  const all = useTargets(onHelp).filter(({ label, kind }) => matchesQuery(`${kind} ${label}`, query));
  const matches = all.slice(0, SHOWN);
  const index = Math.min(active, matches.length - 1);
  useEffect(() => document.getElementById(`${listId}-${index}`)?.scrollIntoView({ block: 'nearest' }), [listId, index]);

  const go = (target: PaletteEntry | undefined) => {
    if (!target) return;
    onClose();
    if (target.to) void navigate(target.to);
    target.run?.();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // the key belongs to the input method
    if (event.key === 'Enter') go(matches[index]);
    else if (event.key === 'ArrowDown') setActive(Math.min(index + 1, matches.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(index - 1, 0));
    else return;
    event.preventDefault();
  };

  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={560}
      yOffset="12vh"
      attributes={{ content: { 'aria-label': 'Go to' } }}
    >
      <input
        className={styles.query}
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={matches[index] ? `${listId}-${index}` : undefined}
        aria-label="Go to a place or do something"
        placeholder="Page, dataset, evaluation, run, model, image or action"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className={styles.targets} id={listId} role="listbox" aria-label="Places">
        {matches.map((target, position) => (
          // The combobox above has the focus and the keys; a click is the pointer's way.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
          <div
            key={target.id}
            id={`${listId}-${position}`}
            role="option"
            aria-selected={position === index}
            className={styles.target}
            onClick={() => go(target)}
          >
            <span>{target.label}</span>
            <span>{target.kind}</span>
            <kbd>{target.keys}</kbd>
          </div>
        ))}
      </div>
      {matches.length === 0 ? <p className={styles.none}>Nothing is called that.</p> : null}
      {all.length > matches.length ? (
        <p className={styles.none}>{formatCount(all.length - matches.length)} more: type another letter.</p>
      ) : null}
      <Spoken words={query === '' ? '' : formatPlural(all.length, 'match', 'matches')} />
    </Modal>
  );
}

const PAGE_TABLE: KeyTable = PAGE_KEYS;

function useTargets(onHelp: () => void): PaletteEntry[] {
  const { datasets, evals, runs } = useStoredWork();
  const models = ModelsStore.use((state) => state.models);
  const looked = SelectionStore.use((state) => state.lookedAt);
  const actions = usePaletteActions(onHelp);
  const map = KeyboardStore.use((state) => state.map);
  const place = (to: string, label: string, kind: string): PaletteEntry => ({ id: to, to, label, kind });
  const keysTo = (to: string) => PAGE_TABLE[to]?.keys.map((key) => describeKey(ownKey(key, map))).join(', ');
  return [
    ...NAVIGATION.map(({ to, label }) => ({ ...place(to, label, 'Page'), keys: keysTo(to) })),
    ...actions,
    ...looked.map(({ to, label }) => place(to, label, 'Image looked at')),
    ...datasets.map(({ id, name }) => place(`/data/${encodeURIComponent(id)}`, name, 'Dataset')),
    ...evals.map(({ id, name }) => place(`/eval/${id}`, name, 'Evaluation')),
    ...runs.map(({ id, name }) => place(`/run/${id}`, name, 'Training run')),
    ...models.map(({ id, name }) => place(`/inspect?model=${encodeURIComponent(id)}`, name, 'Inspect with model')),
  ];
}
