// Byte-pair encoding learnt from texts (Sennrich et al. 2016), written as a tokenizer.json. Deterministic: equal counts are
// merged in the order of their ids. Pre-tokenization is the library's, so that training and use cut words alike.
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { PairTable } from './bpe-pairs.ts';
import { baseVocabulary, tokenizerFile } from './tokenizer-file.ts';
import type { TokenizerFile, TokenizerStyle } from './tokenizer-file.ts';

/** Settings of a training. */
export interface BpeOptions {
  /** Ids in all, special tokens and bytes included; fewer when the texts give no more merges. */
  vocabularySize: number;
  /** `llama`: byte level with <unk>, <s>, </s>; `clip`: lower case with </w>, start and end of text as the last two ids. */
  style: TokenizerStyle;
  /** A pair must occur this often; 2 unless told. */
  minFrequency?: number;
}

/** Word -> how often, words as byte-level characters in the order of first appearance. */
function countWords(texts: Iterable<string>, style: TokenizerStyle): Map<string, number> {
  const library = new HuggingFaceTokenizer(tokenizerFile(style, baseVocabulary(style), []), {});
  const counts = new Map<string, number>();
  for (const text of texts) {
    const normal = library.normalizer?.(text) ?? text;
    for (const word of library.pre_tokenizer?.(normal) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

function symbolsOf(word: string, style: TokenizerStyle, idOf: Map<string, number>): number[] {
  const characters = Array.from(word);
  return characters.map((character, i) => {
    const symbol = style === 'clip' && i === characters.length - 1 ? `${character}</w>` : character;
    const id = idOf.get(symbol);
    if (id === undefined) throw new WorkbenchError('E-INTERNAL', `No base token for ${JSON.stringify(symbol)}.`);
    return id;
  });
}

/**
 * Trains a vocabulary.
 * @param texts the training texts; the result depends on them only through word counts and order of first appearance
 * @returns an object to be written as tokenizer.json
 * @throws WorkbenchError E-CONFIG when vocabularySize is below the base alphabet
 */
export function trainBpe(texts: Iterable<string>, options: BpeOptions): TokenizerFile {
  const { style, vocabularySize, minFrequency = 2 } = options;
  const tokens = baseVocabulary(style);
  const specialsAtEnd = style === 'clip' ? 2 : 0;
  const wanted = vocabularySize - specialsAtEnd;
  if (wanted < tokens.length)
    throw new WorkbenchError(
      'E-CONFIG',
      `A ${style} vocabulary needs at least ${tokens.length + specialsAtEnd} ids, got ${vocabularySize}.`,
    );

  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const table = new PairTable();
  for (const [word, count] of countWords(texts, style)) table.addWord(symbolsOf(word, style, idOf), count);

  const merges: [string, string][] = [];
  while (tokens.length < wanted) {
    const best = table.popBest();
    if (best === null || best.count < minFrequency) break;
    const left = tokens[best.left] ?? '';
    const right = tokens[best.right] ?? '';
    const merged = left + right;
    let id = idOf.get(merged);
    if (id === undefined) {
      id = tokens.push(merged) - 1;
      idOf.set(merged, id);
    }
    merges.push([left, right]);
    table.merge(best.left, best.right, id);
  }
  return tokenizerFile(style, tokens, merges);
}
