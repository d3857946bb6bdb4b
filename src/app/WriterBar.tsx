import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { formatCount } from '../components/format.ts';
import { WriterStore } from '../state/writer.ts';
import styles from './Bars.module.css';

/** Above every page of a tab that only follows: who works, how far it is, and the way to take it over. */
export function WriterBar() {
  const elsewhere = WriterStore.use((state) => state.elsewhere);
  const writer = WriterStore.useApi();
  if (!elsewhere) return null;
  const { name, done, total, to, kind, id } = elsewhere;
  return (
    <section className={styles.bar} aria-label="Another tab works" data-testid="writer-bar" data-record-id={id}>
      <p>
        Another tab works on <Link to={to}>{name}</Link>: {kind === 'training' ? 'step' : 'image'} {formatCount(done)} of{' '}
        {formatCount(total)}. This tab follows it and changes nothing; starting, pausing and resuming are off here.
      </p>
      <Button variant="default" onClick={() => void writer.getState().takeOver()} data-testid="take-over">
        Take over
      </Button>
    </section>
  );
}
