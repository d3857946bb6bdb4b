// Groups of copies: exact ones share a SHA-256, near ones are linked by pairs.
import type { DuplicateGroup, GroupMember } from '../../../src/shared/domain/health.ts';
import type { SampleRecord } from '../../../src/shared/domain/sample.ts';

/** A confirmed pair of near copies. */
export interface NearLink {
  a: string;
  b: string;
  bits: number;
}

/** Groups with at least two members. A group is `exact` when all its bytes are the same. */
export function groupDuplicates(samples: readonly SampleRecord[], links: readonly NearLink[]): DuplicateGroup[] {
  const parent = new Map<string, string>();
  const rootOf = (id: string): string => {
    let at = id;
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) at = up;
    return at;
  };
  const join = (a: string, b: string) => {
    const [from, to] = [rootOf(a), rootOf(b)];
    if (from !== to) parent.set(from, to);
  };
  const byId = new Map(samples.map((sample) => [sample.id, sample]));
  const firstOf = new Map<string, string>();
  for (const { id, sha256 } of samples) {
    const first = firstOf.get(sha256);
    if (first === undefined) firstOf.set(sha256, id);
    else join(id, first);
  }
  const present = links.filter(({ a, b }) => byId.has(a) && byId.has(b));
  for (const { a, b } of present) join(a, b);

  const bits = new Map<string, number>();
  for (const link of present) bits.set(rootOf(link.a), Math.max(bits.get(rootOf(link.a)) ?? 0, link.bits));
  const members = new Map<string, SampleRecord[]>();
  for (const sample of samples) {
    const root = rootOf(sample.id);
    const group = members.get(root);
    if (group) group.push(sample);
    else members.set(root, [sample]);
  }
  return [...members].filter(([, group]) => group.length > 1).map(([root, group]) => toGroup(group, bits.get(root) ?? 0));
}

function toGroup(group: readonly SampleRecord[], bits: number): DuplicateGroup {
  const isExact = new Set(group.map(({ sha256 }) => sha256)).size === 1;
  return { kind: isExact ? 'exact' : 'near', members: group.map(toMember), bits };
}

function toMember({ id, path, split, label }: SampleRecord): GroupMember {
  return { id, path, split, label };
}
