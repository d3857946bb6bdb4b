import type { ReactNode } from 'react';
import { useId, useMemo } from 'react';
import { formatFigure, formatSigned } from '../../components/format.ts';
import { LexiconLegend, LexiconText } from '../../components/LexiconText.tsx';
import { LabelMark } from '../../components/LabelMark.tsx';
import { Reasoning } from '../../components/Reasoning.tsx';
import { TableHead } from '../../components/TableHead.tsx';
import { useParameters } from '../../components/use-parameters.ts';
import { useSettled } from '../../components/use-settled.ts';
import type { ParagraphRecord } from '../../shared/domain/answer.ts';
import { workExample, type WorkedAnswer } from './example.ts';
import styles from './UpdateSteps.module.css';

/** The paper's weight of VCR, and of PCR. */
const HALF = 0.5;

/** `alpha=0.7` in the address, from 0 to 1; anything else is as if it were not there. */
export function readAlpha(params: URLSearchParams): number {
  const text = params.get('alpha')?.trim() ?? '';
  const alpha = text === '' ? Number.NaN : Number(text);
  return alpha >= 0 && alpha <= 1 ? alpha : HALF;
}

/** The weight in the address; a slider on its way moves ahead of it. */
function useAlpha() {
  const [params, change] = useParameters();
  return useSettled(readAlpha(params), (alpha) =>
    change((now) => {
      if (alpha === HALF) now.delete('alpha');
      else now.set('alpha', String(alpha));
      return now;
    }),
  );
}

/** The seven steps; the weight slider recomputes rewards and advantages at once. */
export function UpdateSteps() {
  const { shown: alpha, move: setAlpha } = useAlpha();
  const answers = useMemo(() => workExample(alpha), [alpha]);
  return (
    <ol className={styles.steps}>
      <Step title="Ask the same question several times">
        <p>
          The policy answers one image G times (here three times, usually eight). Nobody tells it the label: PRPO needs none. The picture in
          this example shows a face with smooth skin and eyes of two colours.
        </p>
        <div className={styles.answers}>
          {answers.map(({ name, what, text }) => (
            <article key={name}>
              <h3>{name}</h3>
              <p className={styles.what}>{what}</p>
              <Reasoning text={text} />
            </article>
          ))}
        </div>
      </Step>
      <Step title="Split each answer and find the key phrase of each paragraph">
        <p>
          Blank lines separate paragraphs. YAKE ranks the phrases of each paragraph; the first one is its keyword. The answer paragraph’s
          keyword is the answer itself.
        </p>
        <ParagraphTable answers={answers} columns={[['Keyword', ({ keyword }) => <q>{keyword}</q>]]} />
      </Step>
      <Step title="VCR: does the phrase fit the picture?">
        <p>
          An image-text encoder gives the cosine of picture and keyword, from −1 to 1. VCR = (cosine + 1) / 2. In this example the cosines
          are set by hand; everything after them is computed.
        </p>
        <ParagraphTable
          answers={answers}
          columns={[
            ['Keyword', ({ keyword }) => <q>{keyword}</q>],
            ['Cosine', ({ cosine }) => formatFigure(cosine, 2)],
            ['VCR', ({ vcr }) => <Bar value={vcr} />],
          ]}
        />
      </Step>
      <Step title="PCR: does the verdict follow from the reasons?">
        <p>
          Each paragraph votes by a word list; a negator shortly before a word turns it round. The answer gets 1 if it agrees with the
          majority of the paragraphs before it, else 0. All other paragraphs get 1.
        </p>
        <LexiconLegend />
        <ParagraphTable
          answers={answers}
          columns={[
            ['Text', ({ text, hits }) => <LexiconText text={text} hits={hits} keyword="" />],
            ['Vote', ({ vote, isFinal }) => (isFinal ? '' : <LabelMark label={vote} />)],
            ['PCR', ({ pcr }) => pcr],
          ]}
        />
        <p>
          {answers[1]?.scored.votes
            ? `Answer 2 says fake although ${answers[1].scored.votes.real} of its paragraphs vote real, so its answer gets 0. `
            : ''}
          Answer 3 is a tie, and a tie counts as agreement.
        </p>
      </Step>
      <Step title="Add up: the paragraph reward">
        <p>
          R = α × VCR + β × PCR. The paper takes one half each. An answer without a verdict gets 0 for all its paragraphs. Move the weight
          and watch who wins.
        </p>
        <WeightSlider alpha={alpha} onChange={setAlpha} />
      </Step>
      <Step title="Compare inside the group: the advantage">
        <p>
          All paragraphs of all answers to this image form one group. Advantage = (reward − mean) / standard deviation. Right of the line is
          reinforced, left of it is discouraged. A good paragraph in a poor answer still counts as good: that is what PRPO adds to GRPO.
        </p>
        <ParagraphTable
          answers={answers}
          columns={[
            ['Reward', ({ reward }) => <Bar value={reward} />],
            ['Advantage', ({ advantage }) => <SignedBar value={advantage ?? 0} />],
          ]}
        />
      </Step>
      <Step title="Update: raise or lower the probability of each paragraph">
        <p>
          For each paragraph, r is how much likelier the policy makes it now than when it was sampled. The update raises the mean of min(r ×
          A, clip(r, 0.8, 1.2) × A) and subtracts a little for every step away from the reference model (KL).
        </p>
        <p className={styles.remark}>
          On the first update after sampling every r is exactly 1 and the advantages of a group add up to zero, so{' '}
          <b>the loss starts near 0 by design</b>. It still has a gradient. Watch reward, silent groups and gradient norm instead of the
          loss.
        </p>
      </Step>
    </ol>
  );
}

function Step({ title, children }: { title: string; children: ReactNode }) {
  return (
    <li className={styles.step}>
      <h2>{title}</h2>
      {children}
    </li>
  );
}

type Column = [name: string, cell: (paragraph: ParagraphRecord) => ReactNode];

function ParagraphTable({ answers, columns }: { answers: WorkedAnswer[]; columns: Column[] }) {
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <TableHead columns={['Answer', 'Paragraph', ...columns.map(([name]) => name)]} />
        {answers.map(({ name, scored }) => (
          <tbody key={name}>
            {scored.paragraphs.map((paragraph) => (
              <tr key={paragraph.index} data-first={paragraph.index === 0 || undefined}>
                {paragraph.index === 0 ? (
                  <th scope="rowgroup" rowSpan={scored.paragraphs.length}>
                    {name}
                  </th>
                ) : null}
                <td>{paragraph.isFinal ? 'answer' : paragraph.index + 1}</td>
                {columns.map(([column, cell]) => (
                  <td key={column}>{cell(paragraph)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function WeightSlider({ alpha, onChange }: { alpha: number; onChange: (alpha: number) => void }) {
  const id = useId();
  return (
    <div className={styles.slider}>
      <label htmlFor={id}>
        α = {formatFigure(alpha, 2)} for VCR, β = {formatFigure(1 - alpha, 2)} for PCR
      </label>
      <input id={id} type="range" min={0} max={1} step={0.05} value={alpha} onChange={(event) => onChange(Number(event.target.value))} />
    </div>
  );
}

function Bar({ value }: { value: number }) {
  return (
    <span className={styles.measure}>
      <span className={styles.track} aria-hidden>
        <span data-drawn style={{ width: `${Math.max(0, Math.min(1, value)) * 100}%` }} />
      </span>
      {formatFigure(value, 2)}
    </span>
  );
}

/** Deviations shown on each side of the middle. */
const SIGNED_RANGE = 2.5;

function SignedBar({ value }: { value: number }) {
  const share = Math.min(1, Math.abs(value) / SIGNED_RANGE) * 50;
  return (
    <span className={styles.measure}>
      <span className={styles.signed} aria-hidden>
        <span data-negative={value < 0 || undefined} style={{ left: `${value < 0 ? 50 - share : 50}%`, width: `${share}%` }} />
      </span>
      {formatSigned(value, 2)}
    </span>
  );
}
