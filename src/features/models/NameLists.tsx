// Lists of tensors, closed until they are wanted.
import { formatCount } from '../../components/format.ts';

/** Names shown at most; more would make the dialog slow. */
const SHOWN = 200;

/** A fold for each list that has names. */
export function NameLists({ lists }: { lists: readonly (readonly [title: string, names: readonly string[]])[] }) {
  return lists.map(([title, names]) =>
    names.length === 0 ? null : (
      <details key={title}>
        <summary>
          {title}: {formatCount(names.length)}
        </summary>
        <ul>
          {names.slice(0, SHOWN).map((name) => (
            <li key={name}>
              <code>{name}</code>
            </li>
          ))}
        </ul>
      </details>
    ),
  );
}
