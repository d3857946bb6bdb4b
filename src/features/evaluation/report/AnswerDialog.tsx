// One answer as paragraph cards, or all answers of a vote: what can be read without opening the image.
import { Button, Modal } from '@mantine/core';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { ParagraphCards } from '../../../components/ParagraphCards.tsx';
import { ParserReadings } from '../../../components/ParserReadings.tsx';
import { ruleText } from '../../../components/parser-words.ts';
import { SampledAnswers } from '../../../components/SampledAnswers.tsx';
import { DEFAULT_EVAL } from '../../../shared/config/presets.ts';
import type { ReportAnswer } from './report.ts';
import { StoredPicture } from './StoredPicture.tsx';
import styles from '../Evaluation.module.css';

interface AnswerDialogProps {
  answer: ReportAnswer;
  /** Opens the stored image; null where this browser has none. */
  onImage: (() => void) | null;
  onClose: () => void;
}

/** Truth, answer and every paragraph with keyword, PCR and vote. */
export function AnswerDialog({ answer, onImage, onClose }: AnswerDialogProps) {
  const { path, label, predict, parseRule, paragraphs, sampled, text } = answer;
  return (
    <Modal opened onClose={onClose} title={path} size={760}>
      <div className={styles.stack} data-testid="imported-answer" data-path={path}>
        {onImage ? <StoredPicture sampleId={answer.sampleId} alt={path} /> : null}
        <p className={styles.muted}>
          Truth <LabelMark label={label} />, answer <LabelMark label={predict ?? 'unparsed'} /> (
          {sampled ? 'majority of the answers below' : ruleText(parseRule)}).{' '}
          {paragraphs.some(({ hasImage }) => hasImage) ? '' : "No image was compared, so a paragraph's reward is its PCR."}
        </p>
        {sampled ? (
          <SampledAnswers sampled={sampled} />
        ) : (
          <>
            <ParagraphCards text={text} completion={answer} reward={DEFAULT_EVAL.reward} cutAfter={null} />
            <ParserReadings text={text} counted={predict} />
          </>
        )}
        {onImage ? (
          <Button variant="default" onClick={onImage}>
            Open the image
          </Button>
        ) : null}
      </div>
    </Modal>
  );
}
