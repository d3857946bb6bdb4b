// The two sentences that stand beside every number: about the tiny model and about synthetic data.
import styles from './ModelNotes.module.css';

/** Wording is fixed (spec/ui.md 11). */
export const TINY_MODEL_NOTE =
  'Tiny model: for learning and testing the method; its accuracy says nothing about the 7B model in the paper.';

export const SYNTHETIC_NOTE = 'Synthetic data: the images are drawn by a program; no figure here speaks about real generators.';

export interface ModelNotesProps {
  /** The model of this result is a tiny one. */
  tiny: boolean;
  /** The data of this result is generated. */
  synthetic: boolean;
}

/** The caution line of a result page; empty for a full model on real data. */
export function ModelNotes({ tiny, synthetic }: ModelNotesProps) {
  if (!tiny && !synthetic) return null;
  return (
    <p className={styles.notes}>
      {tiny ? <span>{TINY_MODEL_NOTE}</span> : null}
      {synthetic ? <span>{SYNTHETIC_NOTE}</span> : null}
    </p>
  );
}
