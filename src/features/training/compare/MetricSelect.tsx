// A choice of metrics: shown in words, found by their names too.
import { MultiSelect, type ComboboxItem, type OptionsFilter } from '@mantine/core';
import { metricWords } from '../../../components/metric-words.ts';

const isItem = (option: object): option is ComboboxItem => 'value' in option;

/** By any part of the words or of the name as it is logged. */
const byWordsOrName: OptionsFilter = ({ options, search }) => {
  const wanted = search.trim().toLowerCase();
  return options.filter((option) => isItem(option) && `${option.label} ${option.value}`.toLowerCase().includes(wanted));
};

export interface MetricSelectProps {
  label: string;
  className?: string | undefined;
  metrics: readonly string[];
  value: readonly string[];
  onChange: (metrics: string[]) => void;
  hook: string;
}

/** @param props.metrics names as logged */
export function MetricSelect({ label, className, metrics, value, onChange, hook }: MetricSelectProps) {
  // What is chosen by a link and was not logged must still have a pill to take it away.
  const names = [...new Set([...metrics, ...value])];
  return (
    <MultiSelect
      className={className}
      size="xs"
      label={label}
      searchable
      filter={byWordsOrName}
      data={names.map((name) => ({ value: name, label: metricWords(name) }))}
      value={[...value]}
      onChange={onChange}
      data-testid={hook}
    />
  );
}
