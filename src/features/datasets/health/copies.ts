// Groups of copies as the Health tab shows them: what is still in use of each, what is wrong with it, and what to leave out. Pure.
import type { DuplicateGroup, GroupMember } from '../../../shared/domain/health.ts';
import type { Split } from '../../../shared/domain/sample.ts';

export interface CopyGroup extends DuplicateGroup {
  /** Members lie in more than one split. */
  isLeak: boolean;
  /** Members carry more than one label. */
  isConflict: boolean;
}

/** Groups of which at least two members are in use, the worst first. */
export function openGroups(groups: readonly DuplicateGroup[], excluded: ReadonlySet<string>): CopyGroup[] {
  const open = groups.flatMap((group) => {
    const members = group.members.filter(({ id }) => !excluded.has(id));
    if (members.length < 2) return [];
    const labels = new Set(members.map(({ label }) => label).filter((label) => label !== null));
    return [{ ...group, members, isLeak: new Set(members.map(({ split }) => split)).size > 1, isConflict: labels.size > 1 }];
  });
  const weight = ({ isLeak, isConflict }: CopyGroup) => (isConflict ? 2 : 0) + (isLeak ? 1 : 0);
  return open.sort((a, b) => weight(b) - weight(a));
}

/** The copy that stays: a test set should keep its images, so that its figures stay comparable. */
const KEEP_ORDER: readonly Split[] = ['test', 'val', 'train', 'none'];

/** Ids to exclude so that every picture is left once. Of pictures with two labels all are named: nobody knows which is right. */
export function idsToExclude(groups: readonly CopyGroup[]): string[] {
  return groups.flatMap(({ members, isConflict }) => (isConflict ? members : allButBest(members)).map(({ id }) => id));
}

function allButBest(members: readonly GroupMember[]): GroupMember[] {
  const rank = ({ split }: GroupMember) => KEEP_ORDER.indexOf(split);
  const best = members.reduce((kept, member) => (rank(member) < rank(kept) ? member : kept));
  return members.filter((member) => member !== best);
}
