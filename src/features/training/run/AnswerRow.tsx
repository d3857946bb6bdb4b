// One answer as a line: verdict, reward, advantage, a chip per paragraph; its text or its figures on demand. Used for the answers of
// a step and for the preview before a run.
import { useState } from 'react';
import { formatFigure, formatSigned } from '../../../components/format.ts';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { LexiconText } from '../../../components/LexiconText.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import type { ParagraphRecord, ScoredCompletion } from '../../../shared/domain/answer.ts';
import styles from '../Training.module.css';

/** What a line needs; stored completions and previewed ones have it. */
export interface ShownAnswer extends Pick<ScoredCompletion, 'paragraphs' | 'predict' | 'reward'> {
  /** Mean over the tokens. */
  advantage: number;
  tokenCount: number;
  terminated: boolean;
}

/** A paragraph as a chip: reward, coloured and signed by advantage. */
function ParagraphChip({ paragraph }: { paragraph: ParagraphRecord }) {
  const { advantage, reward, keyword, vcr, pcr, vote, isFinal, index } = paragraph;
  const sign = advantage === null ? 'none' : advantage < 0 ? 'below' : 'above';
  const title = `Paragraph ${index + 1}${isFinal ? ' (conclusion)' : ''}\n“${keyword}”\nVCR ${formatFigure(vcr)}, PCR ${pcr}, vote ${vote}`;
  return (
    <span className={styles.chip} data-sign={sign} data-final={isFinal || undefined} title={title}>
      {formatFigure(reward, 2)}
      <small>{advantage === null ? 'left out' : formatSigned(advantage, 1)}</small>
    </span>
  );
}

/** Keyword, scores, reward and advantage of each paragraph, with its text. */
function ParagraphTable({ paragraphs, name }: Pick<ShownAnswer, 'paragraphs'> & { name: string }) {
  return (
    <div className={styles.scroll} role="region" aria-label={`Paragraphs of ${name}`} tabIndex={0}>
      <table className={styles.table}>
        <TableHead columns={['paragraph', 'keyword', ...numberHeads('VCR', 'PCR', 'R', 'advantage'), 'text']} />
        <tbody>
          {paragraphs.map(({ index, keyword, vcr, pcr, reward, advantage, text, hits, isFinal }) => (
            <tr key={index}>
              <th scope="row">
                {index + 1}
                {isFinal ? ', conclusion' : ''}
              </th>
              <td className={styles.keyword}>{keyword}</td>
              <td>{formatFigure(vcr)}</td>
              <td>{pcr}</td>
              <td>{formatFigure(reward)}</td>
              <td>{advantage === null ? 'left out' : formatSigned(advantage, 2)}</td>
              <td className={styles.reading}>
                <LexiconText text={text} hits={hits} keyword={keyword} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export interface AnswerRowProps {
  answer: ShownAnswer;
  /** Which answer it is, for screen readers. */
  name: string;
  /** Shows the paragraphs at once. */
  startsOpen?: boolean;
}

/** The line. */
export function AnswerRow({ answer, name, startsOpen = false }: AnswerRowProps) {
  const [isOpen, setIsOpen] = useState(startsOpen);
  const { predict, reward, advantage, paragraphs, tokenCount, terminated } = answer;
  return (
    <>
      <div className={styles.completionLine}>
        <LabelMark label={predict ?? 'unparsed'} />
        <span className={styles.reward} title="Mean of the kept paragraph rewards">
          {formatFigure(reward)}
        </span>
        <span className={styles.advantage} data-sign={advantage < 0 ? 'below' : 'above'} title="Mean advantage over the tokens">
          {formatSigned(advantage, 2)}
        </span>
        <span className={styles.chips}>
          {paragraphs.map((paragraph) => (
            <ParagraphChip key={paragraph.index} paragraph={paragraph} />
          ))}
        </span>
        <span className={styles.muted}>
          {tokenCount} tokens{terminated ? '' : ', cut'}
        </span>
        <button type="button" className={styles.textButton} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? 'Hide paragraphs' : 'Paragraphs'}
        </button>
      </div>
      {isOpen ? <ParagraphTable paragraphs={paragraphs} name={name} /> : null}
    </>
  );
}
