import type { ReactNode } from 'react';
import { Component } from 'react';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import styles from './Shell.module.css';

/** Catches what a view throws while rendering, so that the rest of the page stays usable. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: ErrorRecord | null }> {
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

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div className={styles.boundary}>
        <ErrorNotice error={this.state.error} action={{ label: 'Try again', onClick: () => this.setState({ error: null }) }} />
      </div>
    );
  }
}
