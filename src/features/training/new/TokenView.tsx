// A row of tokens, each marked by what training does with it: colour, underline and a word at the start of every stretch, so that
// colour is never alone. The table twin lists the stretches with their counts.
import { useState } from 'react';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import { TableSwitch } from '../../../components/charts/TableSwitch.tsx';
import { formatPlural } from '../../../components/format.ts';
import type { PreviewToken, TokenUse } from '../../../shared/domain/preview.ts';
import type { TokenStretch } from './token-stretches.ts';
import { stretchName, tokenStretches } from './token-stretches.ts';
import styles from './Preview.module.css';

const MEANINGS: Record<TokenUse, string> = {
  prompt: 'read, never learnt',
  image: 'vision tokens of the picture',
  learnt: 'learnt: the loss is over these',
  paragraph: 'shares the advantage of its paragraph',
  ignored: 'in no paragraph that counts, or beyond the length of the model: advantage 0',
};

function Stretch({ stretch, visionTokens }: { stretch: TokenStretch; visionTokens: number }) {
  const { use, paragraph, tokens } = stretch;
  if (use === 'image') return <span className={styles.image}>{`<image> = ${visionTokens} vision tokens`}</span>;
  return (
    <span data-testid="token-stretch" data-use={use} data-paragraph={paragraph ?? undefined}>
      <b className={styles.tag} data-use={use} data-style={paragraph === null ? undefined : paragraph % 6}>
        {stretchName(stretch)}
      </b>
      {tokens.map((token, i) => (
        <span
          key={i}
          className={styles.token}
          data-use={use}
          data-style={paragraph === null ? undefined : paragraph % 6}
          title={`token ${token.id}, ${stretchName(stretch)}: ${MEANINGS[use]}`}
        >
          {token.text === '\n' ? '⏎\n' : token.text}
        </span>
      ))}
    </span>
  );
}

function StretchTable({ stretches, visionTokens }: { stretches: readonly TokenStretch[]; visionTokens: number }) {
  return (
    <table className={styles.table}>
      <TableHead columns={['stretch', ...numberHeads('tokens'), 'what training does', 'text']} />
      <tbody>
        {stretches.map((stretch, i) => (
          <tr key={i}>
            <th scope="row">{stretchName(stretch)}</th>
            <td>{stretch.use === 'image' ? visionTokens : stretch.tokens.length}</td>
            <td>{MEANINGS[stretch.use]}</td>
            <td className={styles.cellText}>{stretch.tokens.map(({ text }) => text).join('')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface TokenViewProps {
  tokens: readonly PreviewToken[];
  visionTokens: number;
  /** Name of the table switch for screen readers. */
  label: string;
}

/** Tokens with their key, and a switch to the table. */
export function TokenView({ tokens, visionTokens, label }: TokenViewProps) {
  const [isTable, setIsTable] = useState(false);
  const stretches = tokenStretches(tokens);
  const uses = [...new Set(stretches.map(({ use }) => use))].filter((use) => use !== 'image');
  return (
    <div className={styles.view}>
      <p className={styles.key}>
        {uses.map((use) => (
          <span key={use}>
            <b className={styles.tag} data-use={use} data-style={use === 'paragraph' ? 0 : undefined}>
              {use === 'paragraph' ? 'P1, P2 …' : use}
            </b>{' '}
            {MEANINGS[use]}, {formatPlural(tokens.filter((token) => token.use === use).length, 'token')}
          </span>
        ))}
        <TableSwitch label={label} isTable={isTable} onChange={setIsTable} drawing="Text" />
      </p>
      {isTable ? (
        <div className={styles.scroll} role="region" aria-label={`${label}, table`} tabIndex={0}>
          <StretchTable stretches={stretches} visionTokens={visionTokens} />
        </div>
      ) : (
        <div className={styles.tokens} role="region" aria-label={label} tabIndex={0}>
          {stretches.map((stretch, i) => (
            <Stretch key={i} stretch={stretch} visionTokens={visionTokens} />
          ))}
        </div>
      )}
    </div>
  );
}
