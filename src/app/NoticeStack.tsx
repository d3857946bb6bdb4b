import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { NoticesStore } from '../state/notices.ts';
import styles from './NoticeStack.module.css';

/** Errors and finished jobs, bottom right; they stay until dismissed. */
export function NoticeStack() {
  const notices = NoticesStore.use((state) => state.notices);
  const store = NoticesStore.useApi();
  return (
    <div className={styles.stack} aria-live="polite">
      {notices.map(({ id, error, text, link }) => {
        const dismiss = () => store.getState().dismiss(id);
        if (error) return <ErrorNotice key={id} error={error} onDismiss={dismiss} />;
        return (
          <div key={id} className={styles.toast}>
            <p>{text}</p>
            {link ? (
              <Link to={link.to} onClick={dismiss}>
                {link.label}
              </Link>
            ) : null}
            <Button variant="subtle" onClick={dismiss}>
              Dismiss
            </Button>
          </div>
        );
      })}
    </div>
  );
}
