// The shaded tokens of an answer. One of them is looked at: that under the pointer, or the one that arrow keys came to.
import { useId, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { formatFigure, formatProbability, formatSigned } from '../../../components/format.ts';
import type { TokenRecord } from '../../../shared/domain/answer.ts';
import type { Reading, TokenMeasure } from '../reading.ts';
import { tokenShade, tokenValue } from '../reading.ts';
import styles from '../Inspector.module.css';

function background(shade: number, measure: TokenMeasure): string {
  if (shade === 0) return 'none';
  const color = shade < 0 ? 'var(--bad)' : measure === 'advantage' ? 'var(--good)' : 'var(--series-2)';
  return `color-mix(in oklab, ${color} ${Math.round(50 * Math.abs(shade))}%, transparent)`;
}

interface TokenSpanProps {
  id: string;
  index: number;
  reading: Reading;
  measure: TokenMeasure;
  isActive: boolean;
}

function TokenSpan({ id, index, reading, measure, isActive }: TokenSpanProps) {
  const token = reading.tokens[index];
  if (!token) return null;
  const shade = tokenShade(tokenValue(token, measure, reading.completion.paragraphs), measure);
  return (
    <span
      id={id}
      className={styles.token}
      role="option"
      aria-selected={isActive}
      aria-label={describeToken(token, reading)}
      data-token={index}
      data-drawn
      data-below={shade < 0 || undefined}
      data-active={isActive || undefined}
      style={{ background: background(shade, measure) }}
    >
      {reading.text.slice(token.start, token.end)}
    </span>
  );
}

/** Everything that is known of one token, in words. */
export function describeToken(token: TokenRecord, reading: Pick<Reading, 'text' | 'completion'>): string {
  const advantage = tokenValue(token, 'advantage', reading.completion.paragraphs);
  return [
    `${JSON.stringify(reading.text.slice(token.start, token.end))}: probability ${formatProbability(Math.exp(token.logProbability), 3)}`,
    `log p ${formatSigned(token.logProbability, 2)} nats`,
    `entropy ${formatFigure(token.entropy, 2)} nats`,
    token.paragraph === null ? 'in no paragraph' : `paragraph ${token.paragraph + 1}`,
    ...(advantage === null ? [] : [`advantage ${formatSigned(advantage, 2)}`]),
  ].join(', ');
}

const STEPS: Record<string, (index: number, last: number) => number> = {
  ArrowRight: (index, last) => Math.min(last, index + 1),
  ArrowLeft: (index) => Math.max(0, index - 1),
  Home: () => 0,
  End: (_, last) => last,
};

/** The text, and a line about the token that is looked at; screen readers hear the same from the token itself. */
export function TokenText({ reading, measure }: { reading: Reading; measure: TokenMeasure }) {
  const id = useId();
  const [active, setActive] = useState<number | null>(null);
  const token = active === null ? undefined : reading.tokens[active];
  const look = (event: PointerEvent) => {
    const place = event.target instanceof HTMLElement ? event.target.dataset['token'] : undefined;
    if (place !== undefined) setActive(Number(place));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    setActive((old) => step(old ?? -1, reading.tokens.length - 1));
  };
  return (
    <>
      <p className={styles.tokenFacts} aria-hidden data-testid="token-facts" data-index={active ?? ''}>
        {token ? describeToken(token, reading) : 'Point at a word, or go into the text with Tab and use the arrow keys.'}
      </p>
      <div
        className={styles.tokens}
        role="listbox"
        aria-label="Tokens of the answer"
        aria-orientation="horizontal"
        aria-activedescendant={active === null ? undefined : `${id}-${active}`}
        tabIndex={0}
        data-testid="token-text"
        onKeyDown={onKeyDown}
        onPointerOver={look}
      >
        {reading.tokens.map((one, index) => (
          <TokenSpan
            key={`${one.start}-${one.id}`}
            id={`${id}-${index}`}
            index={index}
            reading={reading}
            measure={measure}
            isActive={index === active}
          />
        ))}
      </div>
    </>
  );
}
