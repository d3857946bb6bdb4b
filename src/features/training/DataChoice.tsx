// Which images a run sees: dataset, split, domains, how many.
import { Checkbox, NativeSelect } from '@mantine/core';
import { formatCount, formatHash, formatPlural } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import type { DatasetRecord, Split } from '../../shared/domain/sample.ts';
import { FieldRow } from './FieldRow.tsx';
import type { Draft } from './use-draft.ts';
import styles from './Training.module.css';

export interface DataChoiceProps {
  draft: Draft;
  datasets: readonly DatasetRecord[];
  dataset: DatasetRecord;
  /** Images that pass the filter. */
  imageCount: number;
  onDataset: (id: string) => void;
}

const SPLITS: readonly Split[] = ['train', 'val', 'test', 'none'];

function splitOptions(dataset: DatasetRecord) {
  const count = (split: Split): number => dataset.counts.filter((row) => row.split === split).reduce((sum, row) => sum + row.count, 0);
  const present = SPLITS.filter((split) => count(split) > 0);
  return [
    ...present.map((split) => ({ value: split, label: `${split} (${formatCount(count(split))})` })),
    { value: 'all', label: 'all splits' },
  ];
}

/** The data panel of the form. */
export function DataChoice({ draft, datasets, dataset, imageCount, onDataset }: DataChoiceProps) {
  const { config, setConfig } = draft;
  const { filter } = config;
  const options = splitOptions(dataset);
  const split = filter.splits[0] ?? 'all';
  const shownOptions = options.some(({ value }) => value === split) ? options : [{ value: split, label: `${split} (0)` }, ...options];
  const domains = [...new Set(dataset.counts.map((row) => row.domain))].sort();
  const toggle = (domain: string, isOn: boolean) => {
    const chosen = filter.domains.length === 0 ? domains : filter.domains;
    const next = isOn ? [...chosen, domain] : chosen.filter((name) => name !== domain);
    setConfig({ ...config, filter: { ...filter, domains: next.length === domains.length ? [] : next } });
  };
  return (
    <Panel title="Data" aside={`hash ${formatHash(dataset.contentHash)}`}>
      <NativeSelect
        size="xs"
        label="Dataset"
        data-testid="train-dataset"
        value={dataset.id}
        onChange={(event) => onDataset(event.currentTarget.value)}
        data={datasets.map(({ id, name, synthetic }) => ({ value: id, label: synthetic ? `${name} (synthetic)` : name }))}
      />
      <NativeSelect
        size="xs"
        label="Split"
        data-testid="train-split"
        value={split}
        onChange={(event) => {
          const chosen = SPLITS.find((name) => name === event.currentTarget.value);
          setConfig({ ...config, filter: { ...filter, splits: chosen ? [chosen] : [] } });
        }}
        data={shownOptions}
        error={imageCount === 0 ? 'No image passes: choose another split or domain.' : null}
      />
      <fieldset className={styles.domains}>
        <legend>Domains</legend>
        {domains.map((domain) => (
          <Checkbox
            key={domain}
            size="xs"
            label={domain}
            checked={filter.domains.length === 0 || filter.domains.includes(domain)}
            onChange={(event) => toggle(domain, event.currentTarget.checked)}
          />
        ))}
      </fieldset>
      <p className={styles.muted}>{formatPlural(imageCount, 'image')} pass.</p>
      {draft.fields
        .filter((field) => field.group === 'data')
        .map((field) => (
          <FieldRow key={field.name} field={field} draft={draft} />
        ))}
    </Panel>
  );
}
