// The answer token by token, shaded by how sure the model was or by what training did with it.
import { useState, type ReactNode } from 'react';
import { TableSwitch } from '../../../components/charts/TableSwitch.tsx';
import { formatFigure, formatProbability, formatSigned } from '../../../components/format.ts';
import { Pills } from '../../../components/Pills.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import type { TokenRecord } from '../../../shared/domain/answer.ts';
import type { Reading, TokenMeasure } from '../reading.ts';
import { tokenValue } from '../reading.ts';
import { TokenText } from './TokenText.tsx';
import styles from '../Inspector.module.css';

const MEASURES: { value: TokenMeasure; label: string; help: string }[] = [
  { value: 'logProbability', label: 'Surprise', help: 'Darker = less likely to the model: −log p, full at 4 nats.' },
  { value: 'entropy', label: 'Entropy', help: 'Darker = more undecided before this token: entropy, full at 3 nats.' },
  {
    value: 'advantage',
    label: 'Advantage',
    help: 'Green = paragraphs that earned more than the group’s mean, red and dashed = less; full at 2 deviations. Training makes the first more likely.',
  },
];

interface TokenTableProps {
  caption: string;
  tokens: readonly TokenRecord[];
  reading: Reading;
  /** Adds what the advantage shades by. */
  withAdvantage?: boolean;
}

function TokenTable({ caption, tokens, reading, withAdvantage = false }: TokenTableProps) {
  return (
    <table className={styles.smallTable} data-testid="token-table">
      <caption>{caption}</caption>
      <TableHead columns={['token', ...numberHeads('p', 'entropy', 'paragraph', ...(withAdvantage ? ['advantage'] : []))]} />
      <tbody>
        {tokens.map((token) => (
          <tr key={`${token.start}-${token.id}`}>
            <td>
              <code>{JSON.stringify(reading.text.slice(token.start, token.end))}</code>
            </td>
            <td>{formatProbability(Math.exp(token.logProbability), 3)}</td>
            <td>{formatFigure(token.entropy, 2)}</td>
            <td>{token.paragraph === null ? '–' : token.paragraph + 1}</td>
            {withAdvantage ? <td>{formatSigned(tokenValue(token, 'advantage', reading.completion.paragraphs), 2)}</td> : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const LEAST_LIKELY = 8;

export interface TokensTabProps {
  reading: Reading;
  /** What shades the tokens. */
  measure: TokenMeasure;
  onMeasure: (measure: TokenMeasure) => void;
  /** How to get advantages where the answer has none. */
  groupHint?: ReactNode;
}

/** Shaded text with its key and its table twin, and the least likely tokens. */
export function TokensTab({ reading, measure, onMeasure, groupHint }: TokensTabProps) {
  const [isTable, setIsTable] = useState(false);
  if (reading.tokens.length === 0) {
    return <p className={styles.firstLine}>This stored answer has no token records. Run the model on this image to see them.</p>;
  }
  const hasAdvantages = reading.completion.paragraphs.some(({ advantage }) => advantage !== null);
  return (
    <div className={styles.tab}>
      <Pills label="Shade tokens by" value={measure} onChange={onMeasure} options={MEASURES} />
      <p className={styles.facts}>
        {MEASURES.find(({ value }) => value === measure)?.help}{' '}
        <TableSwitch label="Tokens of the answer" isTable={isTable} onChange={setIsTable} drawing="Text" />
      </p>
      {measure === 'advantage' && !hasAdvantages ? (
        <div className={styles.warning} data-testid="no-advantages">
          This answer stands alone, and an advantage compares with other answers to the same image, so nothing is shaded. {groupHint}
        </div>
      ) : null}
      {isTable ? (
        <TokenTable caption="All tokens of the answer, in order" tokens={reading.tokens} reading={reading} withAdvantage={hasAdvantages} />
      ) : (
        <>
          <TokenText reading={reading} measure={measure} />
          <TokenTable
            caption="Least likely tokens"
            tokens={reading.tokens.toSorted((a, b) => a.logProbability - b.logProbability).slice(0, LEAST_LIKELY)}
            reading={reading}
          />
        </>
      )}
    </div>
  );
}
