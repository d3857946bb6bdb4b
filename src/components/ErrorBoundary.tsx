import type { ReactNode } from 'react';
import { Component } from 'react';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import styles from './ErrorBoundary.module.css';
import { ErrorNotice } from './ErrorNotice.tsx';
import { retryParts } from './lazy-part.tsx';

export interface ErrorBoundaryProps {
  children: ReactNode;
  /** `corner`: over the page, for what lies over it; `inline`: in the place of a part of a page. */
  place?: 'page' | 'corner' | 'inline';
  /** Gives up what failed; without it the notice stays until it is tried again. */
  onDismiss?: () => void;
}

/** Catches what a view throws while rendering or does not load, so that the rest of the page stays usable. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: ErrorRecord | null }> {
  override state: { error: ErrorRecord | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    const record = toErrorRecord(error);
    return {
      error: {
        ...record,
        safe: record.safe ?? 'Stored data, answers and checkpoints are unharmed; running jobs go on.',
        remedy: record.remedy ?? 'Go back or try again. Please report it with the details if it returns.',
      },
    };
  }

  /** Elsewhere and back is another try. */
  override componentWillUnmount() {
    if (this.state.error) retryParts();
  }

  readonly retry = (): void => {
    retryParts();
    this.setState({ error: null });
  };

  readonly dismiss = (): void => {
    this.props.onDismiss?.();
    this.retry();
  };

  override render() {
    const { children, place = 'page', onDismiss } = this.props;
    if (!this.state.error) return children;
    return (
      <div className={styles[place]}>
        <ErrorNotice
          error={this.state.error}
          action={{ label: 'Try again', onClick: this.retry }}
          {...(onDismiss ? { onDismiss: this.dismiss } : {})}
        />
      </div>
    );
  }
}
