import type { ReactNode } from 'react';
import { Suspense } from 'react';
import { ErrorBoundary } from '../components/ErrorBoundary.tsx';
import styles from './DialogPart.module.css';

/** Around a dialog whose code is loaded when it opens: says so when that takes a while, and what to do when it fails. */
export function DialogPart({ onDismiss, children }: { onDismiss: () => void; children: ReactNode }) {
  return (
    <ErrorBoundary place="corner" onDismiss={onDismiss}>
      <Suspense
        fallback={
          <p className={styles.arriving} role="status">
            Loading the dialog…
          </p>
        }
      >
        {children}
      </Suspense>
    </ErrorBoundary>
  );
}
