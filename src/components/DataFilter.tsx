// Which images of which dataset: the choice that evaluations and training runs begin with.
import { Checkbox, NativeSelect } from '@mantine/core';
import type { SampleFilter } from '../shared/config/config.ts';
import type { DatasetRecord, Split } from '../shared/domain/sample.ts';
import { formatCount } from './format.ts';
import styles from './DataFilter.module.css';

export interface DataFilterProps {
  /** Prefix of the test ids: `eval` or `train`. */
  name: string;
  datasets: readonly DatasetRecord[];
  dataset: DatasetRecord;
  filter: SampleFilter;
  onDataset: (id: string) => void;
  onFilter: (filter: SampleFilter) => void;
  /** Said at the split, for example that no image passes. */
  error?: string | null;
}

/** In the order of the list. */
export const SPLITS: readonly Split[] = ['train', 'val', 'test', 'none'];

/** Images of one split. */
function splitCount(dataset: Pick<DatasetRecord, 'counts'>, split: Split): number {
  return dataset.counts.filter((row) => row.split === split).reduce((sum, row) => sum + row.count, 0);
}

function splitOptions(dataset: DatasetRecord, chosen: Split | 'all') {
  const shown = SPLITS.filter((split) => splitCount(dataset, split) > 0 || split === chosen);
  return [
    ...shown.map((split) => ({ value: split, label: `${split} (${formatCount(splitCount(dataset, split))})` })),
    { value: 'all', label: 'all splits' },
  ];
}

/** Dataset, split and domains; no domain in the filter means all of them. */
export function DataFilter({ name, datasets, dataset, filter, onDataset, onFilter, error }: DataFilterProps) {
  const domains = [...new Set(dataset.counts.map((row) => row.domain))].sort();
  const chosen = filter.domains.length === 0 ? domains : filter.domains;
  const split = filter.splits[0] ?? 'all';
  const toggle = (domain: string, isOn: boolean) => {
    const next = isOn ? [...chosen, domain] : chosen.filter((other) => other !== domain);
    onFilter({ ...filter, domains: next.length === domains.length ? [] : next });
  };
  return (
    <>
      <NativeSelect
        size="xs"
        label="Dataset"
        data-testid={`${name}-dataset`}
        value={dataset.id}
        onChange={(event) => onDataset(event.currentTarget.value)}
        data={datasets.map(({ id, name: label, synthetic }) => ({ value: id, label: synthetic ? `${label} (synthetic)` : label }))}
      />
      <NativeSelect
        size="xs"
        label="Split"
        data-testid={`${name}-split`}
        value={split}
        onChange={(event) => {
          const next = SPLITS.find((other) => other === event.currentTarget.value);
          onFilter({ ...filter, splits: next ? [next] : [] });
        }}
        data={splitOptions(dataset, split)}
        error={error}
      />
      <fieldset className={styles.domains}>
        <legend>Domains</legend>
        {domains.map((domain) => (
          <Checkbox
            key={domain}
            size="xs"
            label={domain}
            checked={chosen.includes(domain)}
            onChange={(event) => toggle(domain, event.currentTarget.checked)}
          />
        ))}
      </fieldset>
      {filter.tags?.length ? (
        <Checkbox
          size="xs"
          label={`Only images tagged ${filter.tags.join(', ')}`}
          checked
          onChange={() => onFilter({ ...filter, tags: [] })}
          data-testid={`${name}-tags`}
        />
      ) : null}
    </>
  );
}
