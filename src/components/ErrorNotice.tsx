// One way to show an error: what happened, what is safe, what to do, and the details behind a button.
import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { createContext, useContext, type ReactNode } from 'react';
import type { ErrorRecord } from '../shared/errors.ts';
import styles from './ErrorNotice.module.css';

export interface ErrorNoticeProps {
  error: ErrorRecord;
  /** A way on, such as "Try again". */
  action?: { label: string; onClick: () => void };
  onDismiss?: () => void;
  /** Beside the remedy, such as what could be deleted. */
  more?: ReactNode;
}

/** The message of an error that stands above the whole page; the same is then not said again inside it. */
export const SaidAbove = createContext<string | null>(null);

/** An error in place: on a page, in a dialog, or as a notice. */
export function ErrorNotice({ error, action, onDismiss, more }: ErrorNoticeProps) {
  const clipboard = useClipboard({ timeout: 1500 });
  if (useContext(SaidAbove) === error.message) return null;
  return (
    <section className={styles.notice} role="alert" data-testid="error-notice" data-code={error.code}>
      <IconAlertTriangle className={styles.icon} size={18} aria-hidden />
      <div className={styles.text}>
        <p className={styles.what}>{error.message}</p>
        {error.safe ? <p>{error.safe}</p> : null}
        {error.remedy ? <p>{error.remedy}</p> : null}
        {more}
        <div className={styles.actions}>
          {action ? <Button onClick={action.onClick}>{action.label}</Button> : null}
          <Button variant="default" onClick={() => clipboard.copy(JSON.stringify(error, null, 2))}>
            {clipboard.copied ? 'Copied' : 'Copy details'}
          </Button>
          {onDismiss ? (
            <Button variant="subtle" onClick={onDismiss}>
              Dismiss
            </Button>
          ) : null}
          <a className={styles.code} href={`#/learn?code=${error.code}`} title="What this code means">
            {error.code}
          </a>
        </div>
      </div>
    </section>
  );
}
