// What a run could not learn from, counted over its steps. Nothing is dropped without a word.
import { formatPlural } from '../../../components/format.ts';
import type { StepRecord } from '../../../shared/domain/run.ts';
import styles from './SmallerOffers.module.css';

const total = (steps: readonly StepRecord[], name: string): number => steps.reduce((sum, { metrics }) => sum + (metrics[name] ?? 0), 0);

/** The counts in words; none where all was used. */
function leftOutParts(steps: readonly StepRecord[]): string[] {
  const samples = steps.at(-1)?.metrics['data/left_out_samples'] ?? 0;
  const names = ['data/left_out_images', 'data/unlearnable_rows', 'data/truncated_rows', 'eval/failed'];
  const [images, rows, cut, probes] = names.map((name) => total(steps, name));
  return [
    samples > 0 ? `${formatPlural(samples, 'image')} of the filter without answer or label` : '',
    images ? `${formatPlural(images, 'picture')} that could not be read` : '',
    rows ? `${formatPlural(rows, 'row')} whose answer lies beyond the context` : '',
    probes ? `${formatPlural(probes, 'picture')} of the probe that could not be read` : '',
    cut ? `${formatPlural(cut, 'row')} cut at the context` : '',
  ].filter(Boolean);
}

/** One line; nothing where all was used. */
export function LeftOutNote({ steps }: { steps: readonly StepRecord[] }) {
  const parts = leftOutParts(steps);
  if (parts.length === 0) return null;
  return (
    <p className={styles.note} data-testid="left-out">
      Not learnt from, counted with repeats: {parts.join('; ')}.
    </p>
  );
}
