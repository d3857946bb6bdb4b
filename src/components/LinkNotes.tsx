// A link asks for something that its page does not have: what that is, and what is shown in its place.
import { useSearchParams } from 'react-router';
import { unknownValues, type LinkRule } from './link-values.ts';
import styles from './MissingNote.module.css';

/** One sentence for each unknown value in the address; nothing where all are known. */
export function LinkNotes({ rules }: { rules: readonly LinkRule[] }) {
  const [params] = useSearchParams();
  return unknownValues(params, rules).map(({ parameter, what, value, why = 'is not here', instead }) => (
    <p key={`${parameter} ${value}`} className={styles.note} role="alert" data-testid="missing-note" data-what={parameter} data-id={value}>
      This link asks for {what} “{value}”, which {why}. {instead ? `Below, ${instead} stands in its place.` : ''}
    </p>
  ));
}
