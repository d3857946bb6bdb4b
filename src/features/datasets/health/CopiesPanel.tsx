// Copies side by side, the worst first, each with a way to leave it out of every evaluation and training.
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { Panel } from '../../../components/Page.tsx';
import { formatCount, formatPlural } from '../../../components/format.ts';
import { LabelMark } from '../../../components/LabelMark.tsx';
import type { DuplicateGroup } from '../../../shared/domain/health.ts';
import { EXCLUDED_TAG } from '../../../shared/sample-choice.ts';
import { SamplesStore } from '../../../state/samples.ts';
import { useThumbnails } from '../../../state/use-thumbnails.ts';
import { idsToExclude, openGroups, type CopyGroup } from './copies.ts';
import styles from './Health.module.css';
import type { SampleEdits } from '../use-sample-edits.ts';

/** Groups drawn before "show more". */
const FIRST_GROUPS = 12;
/** Images drawn of one group. */
const SHOWN_MEMBERS = 8;

const LEAK_TAG = 'leak';

export interface CopiesPanelProps {
  datasetId: string;
  groups: readonly DuplicateGroup[];
  /** Near copies were looked for too. */
  isComplete: boolean;
  edits: SampleEdits;
}

/** All groups that are still in use. */
export function CopiesPanel({ datasetId, groups, isComplete, edits }: CopiesPanelProps) {
  const rows = SamplesStore.use((state) => state.rows);
  const excluded = useMemo(() => new Set(rows.flatMap(({ id, tags }) => (tags.includes(EXCLUDED_TAG) ? [id] : []))), [rows]);
  const open = useMemo(() => openGroups(groups, excluded), [groups, excluded]);
  const [limit, setLimit] = useState(FIRST_GROUPS);
  const shown = open.slice(0, limit);
  const thumbnails = useThumbnails(shown.flatMap(({ members }) => members.slice(0, SHOWN_MEMBERS).map(({ id }) => id)));
  const leaks = open.filter(({ isLeak }) => isLeak);
  const conflicts = open.filter(({ isConflict }) => isConflict);
  const aside = `${formatPlural(open.length, 'group')}: ${formatCount(leaks.length)} across splits, ${formatCount(conflicts.length)} with two labels`;
  return (
    <Panel title="Copies" aside={aside}>
      {open.length === 0 ? (
        <p className={styles.fine}>{isComplete ? 'No image is in use twice.' : 'No two files have the same bytes.'}</p>
      ) : (
        <>
          <p className={styles.warning}>{warningOf(leaks.length, conflicts.length)}</p>
          <div className={styles.actions}>
            <Button
              variant="default"
              data-testid="exclude-copies"
              onClick={() => void edits.setTag(idsToExclude(open), EXCLUDED_TAG, true)}
            >
              Exclude surplus copies ({formatCount(idsToExclude(open).length)})
            </Button>
            {leaks.length > 0 ? (
              <Button
                variant="default"
                onClick={() => void edits.setTag(leaks.flatMap(({ members }) => members.map(({ id }) => id)), LEAK_TAG, true)} // prettier-ignore
              >
                Tag the leaks
              </Button>
            ) : null}
          </div>
          <p className={styles.quiet}>
            Of each picture one copy stays in use: that of the test split, else val, else train. Of a picture with two labels none stays,
            because nobody knows which is right. Excluding can be undone.
          </p>
        </>
      )}
      {excluded.size > 0 ? (
        <p className={styles.quiet}>
          <Link to={`/data/${encodeURIComponent(datasetId)}?tag=${EXCLUDED_TAG}`}>
            {formatPlural(excluded.size, 'image')} excluded from use
          </Link>
        </p>
      ) : null}
      <div className={styles.groups}>
        {shown.map((group) => (
          <GroupRow key={group.members[0]?.id} group={group} datasetId={datasetId} thumbnails={thumbnails} edits={edits} />
        ))}
      </div>
      {open.length > limit ? (
        <Button variant="subtle" onClick={() => setLimit(limit * 4)}>
          Show more groups
        </Button>
      ) : null}
    </Panel>
  );
}

function warningOf(leaks: number, conflicts: number): string {
  const parts = [
    ...(leaks > 0 ? [`${formatPlural(leaks, 'picture')} in more than one split: a test on them measures memory, not detection.`] : []),
    ...(conflicts > 0 ? [`${formatPlural(conflicts, 'picture')} called real in one place and fake in another.`] : []),
  ];
  return parts.length > 0 ? parts.join(' ') : 'Pictures that are there twice count twice in training and in every average.';
}

interface GroupRowProps {
  group: CopyGroup;
  datasetId: string;
  thumbnails: ReadonlyMap<string, string | null>;
  edits: SampleEdits;
}

function GroupRow({ group, datasetId, thumbnails, edits }: GroupRowProps) {
  const { kind, members, bits, isLeak, isConflict } = group;
  return (
    <section
      className={styles.group}
      aria-label={`${formatPlural(members.length, 'copy', 'copies')} of one picture`}
      data-testid="duplicate-group"
      data-kind={kind}
      data-leak={isLeak}
      data-conflict={isConflict}
      data-size={members.length}
    >
      <p>
        <b>{kind === 'exact' ? 'Same bytes' : `Same picture, other bytes (${bits} of 64 hash bits differ)`}</b>
        {isLeak ? <span className={styles.mark}>▲ across splits</span> : null}
        {isConflict ? <span className={styles.mark}>▲ two labels</span> : null}
      </p>
      <ul>
        {members.slice(0, SHOWN_MEMBERS).map(({ id, path, split, label }) => (
          <li key={id}>
            <Link to={`/data/${encodeURIComponent(datasetId)}?sample=${encodeURIComponent(id)}`} title={path}>
              <img src={thumbnails.get(id) ?? undefined} alt={path} />
            </Link>
            <span>
              {split === 'none' ? 'no split' : split} <LabelMark label={label} />
            </span>
            <code title={path}>{path}</code>
            <Button
              variant="subtle"
              size="compact-xs"
              onClick={() => void edits.setTag([id], EXCLUDED_TAG, true)}
              aria-label={`Exclude ${path}`}
            >
              Exclude
            </Button>
          </li>
        ))}
      </ul>
      {members.length > SHOWN_MEMBERS ? <p className={styles.quiet}>and {formatCount(members.length - SHOWN_MEMBERS)} more</p> : null}
    </section>
  );
}
