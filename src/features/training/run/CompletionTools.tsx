// Filter, order and search of the answers of a step.
import { NativeSelect, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { Pills } from '../../../components/Pills.tsx';
import type { CompletionRecord } from '../../../shared/domain/run.ts';
import type { CompletionFilter, CompletionSort, CompletionView } from './completion-view.ts';
import { filterCounts } from './completion-view.ts';
import styles from '../Training.module.css';

const FILTERS: { value: CompletionFilter; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'real', label: 'Real' },
  { value: 'fake', label: 'Fake' },
  { value: 'unparsed', label: 'Unparsed' },
  { value: 'wrong', label: 'Against the label' },
  { value: 'cut', label: 'Cut' },
];

const SORTS: { value: CompletionSort; label: string }[] = [
  { value: 'image', label: 'By image' },
  { value: 'reward', label: 'Reward' },
  { value: 'advantage', label: 'Advantage' },
  { value: 'length', label: 'Tokens' },
  { value: 'paragraphs', label: 'Paragraphs' },
];

export interface CompletionToolsProps {
  rows: readonly CompletionRecord[];
  view: CompletionView;
  onView: (view: CompletionView) => void;
}

/** One row above the answers. */
export function CompletionTools({ rows, view, onView }: CompletionToolsProps) {
  const counts = filterCounts(rows);
  return (
    <div className={styles.chartTools}>
      <Pills
        label="Answers shown"
        value={view.filter}
        onChange={(filter) => onView({ ...view, filter })}
        options={FILTERS.map((one) => ({ ...one, count: counts[one.value] }))}
      />
      <NativeSelect
        size="xs"
        aria-label="Order of the answers"
        data-testid="completion-sort"
        value={view.sort}
        onChange={(event) => onView({ ...view, sort: SORTS.find(({ value }) => value === event.currentTarget.value)?.value ?? 'image' })}
        data={SORTS}
      />
      {view.sort === 'image' ? null : (
        <button
          type="button"
          className={styles.textButton}
          aria-pressed={view.isAscending}
          onClick={() => onView({ ...view, isAscending: !view.isAscending })}
        >
          {view.isAscending ? <IconArrowUp size={13} aria-hidden /> : <IconArrowDown size={13} aria-hidden />}
          {view.isAscending ? ' lowest first' : ' highest first'}
        </button>
      )}
      <TextInput
        size="xs"
        aria-label="Search in the answers"
        placeholder="Search in the answers"
        data-testid="completion-search"
        value={view.search}
        onChange={(event) => onView({ ...view, search: event.currentTarget.value })}
      />
    </div>
  );
}
