import { LabelMark } from '../../components/LabelMark.tsx';
import type { Label } from '../../shared/domain/sample.ts';
import styles from './AnswerFigure.module.css';
import portrait from './portrait.webp?no-inline';

/** One drawn line of the figure: the words, how well they fit the picture, and what they vote. */
interface FigureLine {
  title: string;
  text: string;
  /** 0..1, drawn only. */
  vcr: number;
  vote: Label;
}

const LINES: FigureLine[] = [
  { title: 'Eyes and Lighting', text: 'The two eyes are misaligned and have different iris colors.', vcr: 0.84, vote: 'fake' },
  { title: 'Hair and Background', text: 'Hair strands melt together into unnatural blobs.', vcr: 0.77, vote: 'fake' },
  { title: 'Mouth and Boundary', text: 'The mouth is straight and the teeth look natural.', vcr: 0.22, vote: 'real' },
];

/** What the tool shows, in small: an answer with a reward per paragraph. Drawn, not computed; the caption says so. */
export function AnswerFigure() {
  return (
    <figure className={styles.figure}>
      <img src={portrait} alt="A drawn portrait with eyes of two colours and a crooked mouth" width={148} height={148} />
      <div className={styles.lines}>
        <ol>
          {LINES.map(({ title, text, vcr, vote }) => (
            <li key={title} data-low={vcr < 0.5 || undefined}>
              <p>
                <b>{title}</b> {text}
              </p>
              <span className={styles.bar} aria-hidden>
                <span data-drawn style={{ width: `${vcr * 100}%` }} />
              </span>
              <LabelMark label={vote} />
            </li>
          ))}
        </ol>
        <p className={styles.answer}>
          <code>### Answer: fake</code>
          <span>two of three paragraphs say so</span>
        </p>
      </div>
      <figcaption>
        Illustration with a synthetic portrait. Bar: how well the phrase fits the picture. Mark: what the paragraph votes.
      </figcaption>
    </figure>
  );
}
