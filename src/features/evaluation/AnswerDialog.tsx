// One answer of a file as paragraph cards, without the image: what an evaluation without a model can show.
import { Button, Modal } from '@mantine/core';
import { LabelMark } from '../../components/LabelMark.tsx';
import { ParagraphCard } from '../../components/ParagraphCard.tsx';
import type { ReportAnswer } from './report.ts';
import styles from './Evaluation.module.css';

interface AnswerDialogProps {
  answer: ReportAnswer;
  /** Opens the stored image; null where this browser has none. */
  onImage: (() => void) | null;
  onClose: () => void;
}

/** Truth, answer and every paragraph with keyword, PCR and vote. */
export function AnswerDialog({ answer: { path, label, predict, parseRule, paragraphs, votes }, onImage, onClose }: AnswerDialogProps) {
  return (
    <Modal opened onClose={onClose} title={path} size={760}>
      <div className={styles.stack} data-testid="imported-answer" data-path={path}>
        <p className={styles.muted}>
          Truth <LabelMark label={label} />, answer <LabelMark label={predict ?? 'unparsed'} /> (
          {parseRule === 'file' ? 'as the file says' : `read by the rule ${parseRule}`}). No image was compared, so a paragraph&apos;s
          reward is its PCR.
        </p>
        {paragraphs.map((paragraph) => (
          <ParagraphCard key={paragraph.index} paragraph={paragraph} votes={votes} predict={predict} weights={{ alpha: 0, beta: 1 }} />
        ))}
        {onImage ? (
          <Button variant="default" onClick={onImage}>
            Open the image
          </Button>
        ) : null}
      </div>
    </Modal>
  );
}
