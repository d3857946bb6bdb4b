// What a page shows when there is nothing yet: what would be here and how to get it.
import type { ReactNode } from 'react';
import styles from './EmptyState.module.css';

export interface EmptyStateProps {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** Something drawn above the title. */
  figure?: ReactNode;
}

/** An empty list or an unmatched filter; always says the way on. */
export function EmptyState({ title, children, actions, figure }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      {figure}
      <h2>{title}</h2>
      {children ? <div className={styles.text}>{children}</div> : null}
      {actions ? <div className={styles.actions}>{actions}</div> : null}
    </div>
  );
}
