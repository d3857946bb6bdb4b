import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import { HeldOutPanel } from './HeldOutPanel.tsx';
import styles from '../DatasetPage.module.css';
import { SubsetPanel } from './SubsetPanel.tsx';

/** Seeded subset and leave-one-domain-out. */
export function SplitsTab({ dataset }: { dataset: DatasetRecord }) {
  return (
    <div className={styles.health}>
      <SubsetPanel dataset={dataset} />
      <HeldOutPanel dataset={dataset} />
    </div>
  );
}
