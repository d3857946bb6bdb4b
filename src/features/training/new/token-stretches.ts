// Neighbouring tokens of one use as one stretch. Pure.
import type { PreviewToken, TokenUse } from '../../../shared/domain/preview.ts';

export interface TokenStretch {
  use: TokenUse;
  paragraph: number | null;
  tokens: PreviewToken[];
}

/** Stretches in order; every token is in exactly one. */
export function tokenStretches(tokens: readonly PreviewToken[]): TokenStretch[] {
  const stretches: TokenStretch[] = [];
  for (const token of tokens) {
    const last = stretches.at(-1);
    if (last && last.use === token.use && last.paragraph === token.paragraph) last.tokens.push(token);
    else stretches.push({ use: token.use, paragraph: token.paragraph, tokens: [token] });
  }
  return stretches;
}

/** `P2` for the second paragraph, else the use. */
export function stretchName({ use, paragraph }: Pick<TokenStretch, 'use' | 'paragraph'>): string {
  return paragraph === null ? use : `P${paragraph + 1}`;
}
