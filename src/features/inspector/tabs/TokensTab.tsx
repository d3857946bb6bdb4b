// The answer token by token, shaded by how sure the model was or by what training did with it.
import { useState } from 'react';
import { TableSwitch } from '../../../components/charts/TableSwitch.tsx';
import { formatFigure } from '../../../components/format.ts';
import { Pills } from '../../../components/Pills.tsx';
import { TableHead } from '../../../components/TableHead.tsx';
import type { TokenRecord } from '../../../shared/domain/answer.ts';
import type { Reading, TokenMeasure } from '../reading.ts';
import { tokenShade, tokenValue } from '../reading.ts';
import styles from '../Inspector.module.css';

const MEASURES: { value: TokenMeasure; label: string; help: string }[] = [
  { value: 'logProbability', label: 'Surprise', help: 'Darker = less likely to the model: −log p up to 4 nats.' },
  { value: 'entropy', label: 'Entropy', help: 'Darker = more undecided at this token, up to 3 nats.' },
  { value: 'advantage', label: 'Advantage', help: 'Green solid = above the group, red dashed = below, by paragraph; needs a group.' },
];

function background(shade: number): string {
  const color = shade < 0 ? 'var(--bad)' : 'var(--series-2)';
  return shade === 0 ? 'none' : `color-mix(in oklab, ${color} ${Math.round(50 * Math.abs(shade))}%, transparent)`;
}

function TokenSpan({ token, reading, measure }: { token: TokenRecord; reading: Reading; measure: TokenMeasure }) {
  const value = tokenValue(token, measure, reading.completion.paragraphs);
  const shade = tokenShade(value, measure);
  const title = `log p ${formatFigure(token.logProbability, 2)}, entropy ${formatFigure(token.entropy, 2)} nats, token ${token.id}`;
  const color =
    measure === 'advantage' && shade > 0 ? `color-mix(in oklab, var(--good) ${Math.round(50 * shade)}%, transparent)` : background(shade);
  return (
    <span className={styles.token} data-drawn data-below={shade < 0 || undefined} style={{ background: color }} title={title}>
      {reading.text.slice(token.start, token.end)}
    </span>
  );
}

interface TokenTableProps {
  caption: string;
  tokens: readonly TokenRecord[];
  reading: Reading;
  /** Adds what the advantage shades by. */
  withAdvantage?: boolean;
}

function TokenTable({ caption, tokens, reading, withAdvantage = false }: TokenTableProps) {
  return (
    <table className={styles.smallTable}>
      <caption>{caption}</caption>
      <TableHead columns={['token', 'p', 'entropy', 'paragraph', ...(withAdvantage ? ['advantage'] : [])]} />
      <tbody>
        {tokens.map((token) => (
          <tr key={`${token.start}-${token.id}`}>
            <td>
              <code>{JSON.stringify(reading.text.slice(token.start, token.end))}</code>
            </td>
            <td>{formatFigure(Math.exp(token.logProbability))}</td>
            <td>{formatFigure(token.entropy, 2)}</td>
            <td>{token.paragraph === null ? '–' : token.paragraph + 1}</td>
            {withAdvantage ? <td>{formatFigure(tokenValue(token, 'advantage', reading.completion.paragraphs), 2)}</td> : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const LEAST_LIKELY = 8;

/** Shaded text with its key and its table twin, and the least likely tokens. */
export function TokensTab({ reading }: { reading: Reading }) {
  const [measure, setMeasure] = useState<TokenMeasure>('logProbability');
  const [isTable, setIsTable] = useState(false);
  if (reading.tokens.length === 0) {
    return <p className={styles.facts}>This stored answer has no token records. Run the model on this image to see them.</p>;
  }
  return (
    <div className={styles.tab}>
      <Pills label="Shade tokens by" value={measure} onChange={setMeasure} options={MEASURES} />
      <p className={styles.facts}>
        {MEASURES.find(({ value }) => value === measure)?.help}{' '}
        <TableSwitch label="Tokens of the answer" isTable={isTable} onChange={setIsTable} drawing="Text" />
      </p>
      {isTable ? (
        <TokenTable caption="All tokens of the answer, in order" tokens={reading.tokens} reading={reading} withAdvantage />
      ) : (
        <>
          <p className={styles.tokens}>
            {reading.tokens.map((token) => (
              <TokenSpan key={`${token.start}-${token.id}`} token={token} reading={reading} measure={measure} />
            ))}
          </p>
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
