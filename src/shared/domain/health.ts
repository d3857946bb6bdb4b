// What a check of a dataset found: copies, leaks between splits, and properties of the files that give the label away.
import type { Label, Split } from './sample.ts';

/** One image of a group of copies. */
export interface GroupMember {
  id: string;
  path: string;
  split: Split;
  label: Label | null;
}

/** Images that are copies of each other, directly or over others of the group. */
export interface DuplicateGroup {
  /** `exact` = the same bytes; `near` = the same picture in other bytes. */
  kind: 'exact' | 'near';
  /** In path order. */
  members: GroupMember[];
  /** Largest distance between linked pictures, bits of 64; 0 for exact copies. */
  bits: number;
}

/** How well one property of the file alone tells fake from real. */
export interface ShortcutFinding {
  property: string;
  /** As read in a sentence: `the file format`. */
  words: string;
  /** Images with a label for which the property is known. */
  count: number;
  /** Share of right guesses, each made with a rule that was fitted on the other half of the images. */
  accuracy: number;
  /** 95 % Wilson interval of the accuracy. */
  low: number;
  high: number;
  /** Share of the commoner label: what one gets by always guessing it. */
  baseline: number;
  /** The rule fitted on all of them, in words. */
  rule: string;
  level: 'none' | 'some' | 'strong';
}

/** Everything the Health tab shows beyond the dataset's own record. */
export interface HealthReport {
  datasetId: string;
  /** Images whose stored file was read for checks. */
  checkedCount: number;
  imageCount: number;
  /** When near copies were last looked for among exactly these images; null = not yet. */
  comparedAt: number | null;
  groups: DuplicateGroup[];
  shortcuts: ShortcutFinding[];
}
