// What differs between two answers to one image: readouts, paragraphs, words.
import { DiffText } from '../../../components/DiffText.tsx';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { formatFigure, formatProbability, formatSigned } from '../../../components/format.ts';
import { TableHead } from '../../../components/TableHead.tsx';
import { changedParagraphs, type Reading } from '../reading.ts';
import styles from '../Inspector.module.css';

export interface ReadingChangeProps {
  before: Reading;
  after: Reading;
  /** Of the two columns. */
  names?: readonly [string, string];
  /** What the words are compared with, and what they are: `the answer in f32`, `in q8`. */
  texts: { before: string; after: string };
}

/** Readouts before and after, with the change. */
function ChangeTable({ before, after, names = ['before', 'after'] }: Omit<ReadingChangeProps, 'texts'>) {
  const rows = [
    { name: 'P(fake), head', format: formatProbability, digits: 3, a: before.pFakeHead, b: after.pFakeHead },
    { name: 'P(fake), answer token', format: formatProbability, digits: 3, a: before.pFakeToken, b: after.pFakeToken },
    { name: 'Mean paragraph reward', format: formatFigure, digits: 3, a: before.completion.reward, b: after.completion.reward },
    { name: 'Paragraphs', format: formatFigure, digits: 0, a: before.completion.paragraphs.length, b: after.completion.paragraphs.length },
  ];
  return (
    <table className={styles.smallTable} data-testid="change-table">
      <TableHead columns={['readout', ...names, 'change']} />
      <tbody>
        <tr>
          <th scope="row">Written answer</th>
          <td>
            <LabelMark label={before.predict ?? 'unparsed'} />
          </td>
          <td>
            <LabelMark label={after.predict ?? 'unparsed'} />
          </td>
          <td>{before.predict === after.predict ? 'same' : 'flipped'}</td>
        </tr>
        {rows.map(({ name, format, digits, a, b }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{format(a, digits)}</td>
            <td>{format(b, digits)}</td>
            <td>{a === null || b === null ? '–' : formatSigned(b - a, digits)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Readouts, which paragraphs changed, and the words. */
export function ReadingChange({ before, after, names, texts }: ReadingChangeProps) {
  const changed = changedParagraphs(before, after);
  const most = Math.max(before.completion.paragraphs.length, after.completion.paragraphs.length);
  return (
    <>
      <ChangeTable before={before} after={after} {...(names ? { names } : {})} />
      <p className={styles.facts}>
        {changed.length === 0 ? 'No paragraph changed.' : `Changed paragraphs: ${changed.map((index) => index + 1).join(', ')} of ${most}.`}
      </p>
      <DiffText before={before.text} after={after.text} names={texts} />
    </>
  );
}
