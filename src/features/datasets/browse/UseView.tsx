// Evaluates or trains on exactly the images that the gallery shows.
import { Button } from '@mantine/core';
import { useNavigate } from 'react-router';
import { SamplesStore, type SampleRow } from '../../../state/samples.ts';
import { jobChoice } from './use-view.ts';
import type { SampleEdits } from '../use-sample-edits.ts';

export interface UseViewProps {
  datasetId: string;
  params: URLSearchParams;
  shown: readonly SampleRow[];
  edits: SampleEdits;
}

/** Two buttons; a view that no filter of a job can say is tagged first, which can be undone. */
export function UseView({ datasetId, params, shown, edits }: UseViewProps) {
  const navigate = useNavigate();
  const store = SamplesStore.useApi();
  const go = async (page: string) => {
    const { rows, views } = store.getState();
    const { query, tag } = jobChoice(datasetId, params, views);
    if (tag) {
      const ids = new Set(shown.map(({ id }) => id));
      const others = rows.filter(({ id, tags }) => !ids.has(id) && tags.includes(tag));
      await edits.setTag(
        others.map(({ id }) => id),
        tag,
        false,
      );
      await edits.setTag(ids, tag, true);
    }
    await navigate(`${page}?${query}`);
  };
  return (
    <>
      <Button variant="subtle" size="compact-xs" data-testid="view-evaluate" onClick={() => void go('/eval/new')}>
        Evaluate this view
      </Button>
      <Button variant="subtle" size="compact-xs" data-testid="view-train" onClick={() => void go('/train/new')}>
        Train on this view
      </Button>
    </>
  );
}
