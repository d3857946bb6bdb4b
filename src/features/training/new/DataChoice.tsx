// Which images a run sees: dataset, split, domains, how many.
import { DataPanel } from '../../../components/DataPanel.tsx';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import { DatasetsStore } from '../../../state/datasets.ts';
import { FieldRow } from './FieldRow.tsx';
import { annotationProblem, hasTrainSplit } from './fitting-split.ts';
import type { Draft } from './use-draft.ts';
import styles from '../Training.module.css';

export interface DataChoiceProps {
  draft: Draft;
  datasets: readonly DatasetRecord[];
  dataset: DatasetRecord;
  /** Images that pass the filter. */
  imageCount: number;
  onDataset: (id: string) => void;
}

/** The data panel of the form. */
export function DataChoice({ draft, datasets, dataset, imageCount, onDataset }: DataChoiceProps) {
  const { config, setConfig } = draft;
  const drawing = DatasetsStore.use((state) => (dataset.id.startsWith('demo-') ? state.demo : null));
  const lacking = annotationProblem(config.algorithm, dataset);
  return (
    <DataPanel
      name="train"
      datasets={datasets}
      dataset={dataset}
      filter={config.filter}
      imageCount={imageCount}
      onDataset={onDataset}
      onFilter={(filter) => setConfig({ ...config, filter })}
    >
      {lacking ? (
        <p className={styles.blocked} role="status" data-testid="train-no-answers">
          {lacking}
        </p>
      ) : null}
      {!lacking && imageCount > 0 && !hasTrainSplit(dataset.counts) ? (
        <p className={styles.muted} data-testid="train-no-split">
          None of these images is marked for training, so the run takes all. How well the model does on the same images afterwards says
          nothing about others.
        </p>
      ) : null}
      {drawing ? (
        <p className={styles.muted} data-testid="train-still-drawing">
          More are being drawn ({drawing.done} of {drawing.total}); a run takes the images that are there when it starts.
        </p>
      ) : null}
      {draft.fields
        .filter((field) => field.group === 'data')
        .map((field) => (
          <FieldRow key={field.name} field={field} draft={draft} />
        ))}
    </DataPanel>
  );
}
