// A link names something that this browser does not hold: what that is, what stands in its place, and the way on.
import { Link } from 'react-router';
import styles from './MissingNote.module.css';

const PLACES = { dataset: { to: '/', where: 'Home' }, model: { to: '/models', where: 'Models' } };

export interface MissingNoteProps {
  what: keyof typeof PLACES;
  /** As in the link. */
  id: string;
  /** Name of what was taken in its place. */
  instead: string | undefined;
}

/** One sentence above a form that a link filled in. */
export function MissingNote({ what, id, instead }: MissingNoteProps) {
  const { to, where } = PLACES[what];
  return (
    <p className={styles.note} role="alert" data-testid="missing-note" data-what={what} data-id={id}>
      This link needs the {what} “{id}”, which is not in this browser. {instead ? `Below, ${instead} stands in its place. ` : ''}
      Choose another one, or import it on <Link to={to}>{where}</Link>.
    </p>
  );
}
