// Errors since the page was opened, also those that were dismissed, to be copied into a report.
import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Panel } from '../../components/Page.tsx';
import { NoticesStore } from '../../state/notices.ts';
import styles from './DevicePage.module.css';

/** Newest first, with one button that copies all of them. */
export function ErrorLogPanel() {
  const errors = NoticesStore.use((state) => state.errors);
  const clipboard = useClipboard({ timeout: 1500 });
  const text = () =>
    JSON.stringify(
      errors.map(({ timestamp, error }) => ({ time: new Date(timestamp).toISOString(), ...error })),
      null,
      2,
    );
  return (
    <Panel
      title="Errors"
      aside={
        <Button variant="default" disabled={errors.length === 0} onClick={() => clipboard.copy(text())} data-testid="errors-copy">
          {clipboard.copied ? 'Copied' : 'Copy all details'}
        </Button>
      }
    >
      {errors.length === 0 ? <p className={styles.quiet}>None since the page was opened.</p> : null}
      <ol className={styles.journal}>
        {errors.map(({ timestamp, error }) => (
          <li key={`${timestamp} ${error.message}`}>
            <time dateTime={new Date(timestamp).toISOString()}>{new Date(timestamp).toLocaleTimeString('sv')}</time>
            <a href={`#/learn?code=${error.code}`}>{error.code}</a>
            <span>{error.message}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
