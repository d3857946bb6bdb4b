// The answers of a majority vote, each whole, with how far they agree.
import { majorityVote, TIE_RULE } from '../shared/metrics/majority.ts';
import type { SampledAnswer } from '../shared/domain/answer.ts';
import { formatFigure, formatProbability } from './format.ts';
import { LabelMark } from './LabelMark.tsx';
import { ruleText } from './parser-words.ts';
import styles from './SampledAnswers.module.css';

/** How the answers voted, in one sentence. */
export function describeVote(sampled: readonly SampledAnswer[]): string {
  const { agreement, isTie } = majorityVote(sampled.map(({ predict }) => predict));
  const unparsed = sampled.filter(({ predict }) => predict === null).length;
  return `${Math.round(agreement * sampled.length)} of ${sampled.length} answers agree${unparsed > 0 ? `, ${unparsed} unparsed` : ''}${isTie ? `. ${TIE_RULE}` : '.'}`;
}

export function SampledAnswers({ sampled }: { sampled: readonly SampledAnswer[] }) {
  return (
    <>
      <p className={styles.facts}>{describeVote(sampled)}</p>
      {sampled.map(({ text, predict, parseRule, reward, pFakeToken, truncated }, index) => (
        <details key={index} data-testid="sampled-answer" data-predict={predict ?? 'unparsed'}>
          <summary>
            {index + 1}. <LabelMark label={predict ?? 'unparsed'} />{' '}
            <span className={styles.facts}>
              {ruleText(parseRule)}; P(fake) of the token {formatProbability(pFakeToken)}, mean reward {formatFigure(reward)}
              {truncated ? ', cut at the length limit' : ''}
            </span>
          </summary>
          <p className={styles.text}>{text}</p>
        </details>
      ))}
    </>
  );
}
