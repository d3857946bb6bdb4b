// Token rows for people: each token's own text and what training does with it.
import type { PreviewToken, TokenUse } from '../../src/shared/domain/preview.ts';
import { mapTokensToParagraphs, tokenRanges } from '../../src/shared/rewards/token-map.ts';
import type { TextRange } from '../../src/shared/rewards/token-map.ts';
import { decodeUtf8, joinBytes } from '../../src/shared/text/utf8.ts';
import { IGNORE_LABEL, IMAGE_PLACEHOLDER, IMAGE_TOKEN_ID } from '../ml/text/token-ids.ts';
import type { Tokenizer } from '../ml/text/tokenizer.ts';

/** Text of each id; the image and special tokens by their name, a part of a character as nothing. */
function textsOf(ids: readonly number[], tokenizer: Tokenizer): string[] {
  const pieces = tokenizer.piecesOf(ids);
  const { text } = decodeUtf8(joinBytes(pieces));
  const ranges = tokenRanges(pieces);
  return ids.map((id, i) => {
    if (id === IMAGE_TOKEN_ID) return IMAGE_PLACEHOLDER;
    if (tokenizer.isSpecial(id)) return tokenizer.tokenOf(id) ?? '';
    return text.slice(ranges[i]?.start ?? 0, ranges[i]?.end ?? 0);
  });
}

const simple = (id: number, text: string, use: TokenUse): PreviewToken => ({ id, text, use, paragraph: null });

/** A prompt: read, never learnt. */
export function promptTokens(ids: Int32Array, tokenizer: Tokenizer): PreviewToken[] {
  const list = [...ids];
  const texts = textsOf(list, tokenizer);
  return list.map((id, i) => simple(id, texts[i] ?? '', id === IMAGE_TOKEN_ID ? 'image' : 'prompt'));
}

/** A supervised row: what has a label is learnt. */
export function labelledTokens(inputIds: Int32Array, labels: Int32Array, tokenizer: Tokenizer): PreviewToken[] {
  return promptTokens(inputIds, tokenizer).map((token, i) => (labels[i] === IGNORE_LABEL ? token : { ...token, use: 'learnt' }));
}

/** An answer by the run's own token map. @param paragraphs that get a reward */
export function answerTokens(ids: readonly number[], paragraphs: readonly TextRange[], tokenizer: Tokenizer): PreviewToken[] {
  const texts = textsOf(ids, tokenizer);
  return mapTokensToParagraphs(tokenizer.piecesOf(ids), paragraphs).map((paragraph, i) => {
    const token = simple(ids[i] ?? 0, texts[i] ?? '', paragraph === null ? 'ignored' : 'paragraph');
    return { ...token, paragraph };
  });
}
