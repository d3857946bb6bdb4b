// Says how many answers of the inspector go with checkpoints that are to be deleted.
import { useEffect, useState } from 'react';
import { formatBytes, formatPlural } from '../../components/format.ts';
import type { ModelEntry } from '../../state/models.ts';
import { ModelsStore } from '../../state/models.ts';
import styles from './ModelsPage.module.css';

/** Nothing where there are none. */
export function KeptAnswersNote({ models }: { models: readonly ModelEntry[] }) {
  const keptAnswers = ModelsStore.use((state) => state.keptAnswers);
  const ids = models.map(({ id }) => id).join();
  const [kept, setKept] = useState({ ids: '', count: 0, bytes: 0 });
  useEffect(() => {
    let isCurrent = true;
    void keptAnswers(ids.split(',')).then((found) => isCurrent && setKept({ ids, ...found }));
    return () => {
      isCurrent = false;
    };
  }, [keptAnswers, ids]);
  if (kept.ids !== ids || kept.count === 0) return null;
  return (
    <p className={styles.note} data-testid="kept-answers" data-count={kept.count} data-bytes={kept.bytes}>
      {formatPlural(kept.count, 'answer')} kept of the inspector, about {formatBytes(kept.bytes)}, {kept.count === 1 ? 'goes' : 'go'} too.
    </p>
  );
}
