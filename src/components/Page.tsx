// The frame of a page: title, one line of context, actions on the right, content below.
import type { ReactNode } from 'react';
import { useDocumentTitle } from '@mantine/hooks';
import styles from './Page.module.css';

export interface PageProps {
  title: string;
  /** One or two sentences under the title. */
  lead?: ReactNode;
  /** Small line above the title, such as a link back. */
  above?: ReactNode;
  actions?: ReactNode;
  /** `full` uses the whole width and height, for galleries. */
  width?: 'text' | 'wide' | 'full';
  /** The content has the page's heading itself, as a sheet to print does. */
  isHeadedBelow?: boolean;
  children: ReactNode;
}

/** One page. Sets the document title. */
export function Page({ title, lead, above, actions, width = 'wide', isHeadedBelow = false, children }: PageProps) {
  useDocumentTitle(`${title} · PRPO Workbench`);
  return (
    <div className={styles.page} data-width={width}>
      <header className={styles.header}>
        <div className={styles.titles}>
          {above ? <div className={styles.above}>{above}</div> : null}
          {isHeadedBelow ? <p className={styles.name}>{title}</p> : <h1>{title}</h1>}
          {lead ? <div className={styles.lead}>{lead}</div> : null}
        </div>
        {actions ? <div className={styles.actions}>{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}

export interface PanelProps {
  title?: ReactNode;
  /** Right of the title. */
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A sheet on the table: a titled block of a page. */
export function Panel({ title, aside, children, className }: PanelProps) {
  return (
    <section className={className ? `${styles.panel} ${className}` : styles.panel}>
      {title ? (
        <div className={styles.panelHead}>
          <h2>{title}</h2>
          {aside ? <div className={styles.panelAside}>{aside}</div> : null}
        </div>
      ) : null}
      {children}
    </section>
  );
}
