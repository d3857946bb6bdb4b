import styles from './AnswerFigure.module.css';

/** One drawn line of the figure: the words, and whether picture and verdict back them. */
interface FigureLine {
  title: string;
  text: string;
  /** 0..1, drawn only. */
  vcr: number;
  pcr: number;
}

const LINES: FigureLine[] = [
  { title: 'Skin and Texture', text: 'The skin is overly smooth and lacks pores.', vcr: 0.82, pcr: 0.9 },
  { title: 'Eyes and Lighting', text: 'Both eyes look natural and share one catchlight.', vcr: 0.31, pcr: 0.12 },
  { title: 'Hair and Background', text: 'Strands melt together near the ear.', vcr: 0.76, pcr: 0.88 },
];

/** What the tool shows, in small: an answer with a reward per paragraph. Drawn, not computed; the caption says so. */
export function AnswerFigure() {
  return (
    <figure className={styles.figure}>
      <ol className={styles.lines}>
        {LINES.map(({ title, text, vcr, pcr }) => (
          <li key={title} data-low={vcr < 0.5 || undefined}>
            <p>
              <b>{title}</b> {text}
            </p>
            <span className={styles.bars} aria-hidden>
              <span style={{ width: `${vcr * 100}%` }} />
              <span style={{ width: `${pcr * 100}%` }} />
            </span>
          </li>
        ))}
      </ol>
      <p className={styles.answer}>
        <code>### Answer: fake</code>
        <span>2 of 3 paragraphs agree</span>
      </p>
      <figcaption>Illustration. Upper bar: does the phrase match the picture (VCR). Lower bar: does it agree with the verdict (PCR).</figcaption>
    </figure>
  );
}
