// In how many bits the weights are kept that each new token reads, with what was measured that this changes.
import { NativeSelect } from '@mantine/core';
import type { WeightPrecision } from '../shared/config/config.ts';

const CHOICES: { value: WeightPrecision; label: string }[] = [
  { value: 'f32', label: 'f32: as trained' },
  { value: 'f16', label: 'f16: half the bytes' },
  { value: 'q8', label: 'q8: a quarter of the bytes' },
];

/** Measured by `npm run bench -- precision --quick`: dx-llava-nano, 10 answers of the demo's test split, 810 tokens, against f32. */
const MEASURED: Record<WeightPrecision, string> = {
  f32: 'Exact. f16 and q8 keep a smaller copy for writing; prompts, binary head and answer probability stay f32.',
  f16: 'Measured against f32 on 810 tokens of the demo: largest logit difference 0.003, every token the same.',
  q8: 'Measured against f32 on 810 tokens of the demo: largest logit difference 0.07, 99.9 % of tokens the same; 1 answer of 10 differed.',
};

export interface PrecisionSelectProps {
  value: WeightPrecision;
  onChange: (value: WeightPrecision) => void;
  /** The engine computes on WebGPU. */
  isGpu: boolean;
  testId: string;
}

/** A precision by its name in an address; f32 for all else. */
export function readPrecision(text: string | null): WeightPrecision {
  return CHOICES.find(({ value }) => value === text)?.value ?? 'f32';
}

/** Offered on WebGPU; the CPU engine says why it has no choice. */
export function PrecisionSelect({ value, onChange, isGpu, testId }: PrecisionSelectProps) {
  return (
    <NativeSelect
      size="xs"
      label="Precision of the weights"
      data-testid={testId}
      description={isGpu ? MEASURED[value] : 'f32. f16 and q8 are for WebGPU; the CPU engine always computes in f32.'}
      disabled={!isGpu}
      value={isGpu ? value : 'f32'}
      onChange={(event) => onChange(readPrecision(event.currentTarget.value))}
      data={CHOICES}
    />
  );
}
