import { Modal } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { useEffect, useId, useState } from 'react';
import { useNavigate } from 'react-router';
import { DatasetsStore } from '../state/datasets.ts';
import { EvaluationStore } from '../state/evaluation.ts';
import { RunStore } from '../state/run.ts';
import { NAVIGATION } from './navigation.ts';
import { matchesQuery } from './palette-query.ts';
import styles from './CommandLayer.module.css';

interface Target {
  to: string;
  label: string;
  kind: string;
}

/** Go anywhere by a few letters: pages, datasets, evaluations and runs. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const navigate = useNavigate();
  const listId = useId();
  const matches = useTargets().filter(({ label, kind }) => matchesQuery(`${kind} ${label}`, query));
  const index = Math.min(active, matches.length - 1);

  const go = (target: Target | undefined) => {
    if (!target) return;
    onClose();
    void navigate(target.to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
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
        aria-label="Go to a page, dataset, evaluation or run"
        placeholder="Page, dataset, evaluation or run"
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
            key={target.to}
            id={`${listId}-${position}`}
            role="option"
            aria-selected={position === index}
            className={styles.target}
            onClick={() => go(target)}
          >
            <span>{target.label}</span>
            <span>{target.kind}</span>
          </div>
        ))}
        {matches.length === 0 ? <p className={styles.none}>Nothing is called that.</p> : null}
      </div>
    </Modal>
  );
}

function useTargets(): Target[] {
  const datasets = DatasetsStore.use((state) => state.datasets);
  const evals = EvaluationStore.use((state) => state.evals);
  const runs = RunStore.use((state) => state.runs);
  const evaluation = EvaluationStore.useApi();
  const run = RunStore.useApi();
  useEffect(() => {
    void evaluation.getState().refresh();
    void run.getState().refresh();
  }, [evaluation, run]);
  return [
    ...NAVIGATION.map(({ to, label }) => ({ to, label, kind: 'Page' })),
    ...datasets.map(({ id, name }) => ({ to: `/data/${encodeURIComponent(id)}`, label: name, kind: 'Dataset' })),
    ...(evals ?? []).map(({ id, name }) => ({ to: `/eval/${id}`, label: name, kind: 'Evaluation' })),
    ...(runs ?? []).map(({ id, name }) => ({ to: `/run/${id}`, label: name, kind: 'Training run' })),
  ];
}
