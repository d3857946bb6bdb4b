// An answer written with packed weights beside the same question in f32: what the smaller weights changed on this image.
import { Button } from '@mantine/core';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import type { ModelReading } from './use-explanation.ts';
import type { Reading } from './reading.ts';
import { ReadingChange } from './tabs/ReadingChange.tsx';
import styles from './Inspector.module.css';

export interface AgainstF32Props {
  /** With packed weights. */
  reading: Reading;
  precision: string;
  /** The same model and question in f32. */
  full: ModelReading;
}

/** A button until f32 was asked, then the difference. */
export function AgainstF32({ reading, precision, full }: AgainstF32Props) {
  const isBusy = full.state?.phase === 'loading' || full.state?.phase === 'generating';
  return (
    <section className={styles.tab} data-testid="against-f32" aria-label="Against f32">
      <p className={styles.facts}>
        Written with {precision} weights, which are not exactly those that were trained. Prompts and the binary head are computed in f32.
      </p>
      {full.reading && !isBusy ? (
        <ReadingChange
          before={full.reading}
          after={reading}
          names={['f32', precision]}
          texts={{ before: 'the answer in f32', after: `in ${precision}` }}
        />
      ) : (
        <Button variant="default" loading={isBusy} onClick={full.run}>
          Ask in f32 too and compare
        </Button>
      )}
      {full.state?.error ? <ErrorNotice error={full.state.error} /> : null}
    </section>
  );
}
