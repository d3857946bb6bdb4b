import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { trainBpe } from '../../../workers/ml/text/bpe-train.ts';
import { StreamingDecoder } from '../../../workers/ml/text/streaming-decoder.ts';
import { loadTokenizer } from '../../../workers/ml/text/tokenizer.ts';

const fixture = (style: string): string =>
  readFileSync(new URL(`../../fixtures/tokenizer-${style}-a/tokenizer.json`, import.meta.url), 'utf8');

const TEXTS = [
  'The skin looks waxy.\n\nThe hair looks soft.\n\n### Answer: fake',
  'The skin looks real.\n\n### Answer: real',
  'The skin, the skin, the skin.',
];
const HARD = ['', ' ', ' leading', 'trailing ', 'a  b', '😀 é 皮\u0301', '\n\n', 'x'.repeat(500), '\ufeffbom', 'tab\there'];

describe('trainBpe', () => {
  const file = trainBpe(TEXTS, { vocabularySize: 320, style: 'llama' });
  const tokenizer = loadTokenizer(JSON.stringify(file));

  it('is deterministic and merges the most frequent pair first', () => {
    expect(trainBpe(TEXTS, { vocabularySize: 320, style: 'llama' })).toEqual(file);
    // "sk", "ki", "in" and " s" occur equally often; the smallest ids win.
    expect(file.model.merges[0]).toHaveLength(2);
    expect(tokenizer.encode(' skin', false).tokens).toEqual(['\u0120skin']);
  });

  it('has <unk>, <s>, </s> first and never more ids than asked for', () => {
    expect(['<unk>', '<s>', '</s>'].map((token) => tokenizer.idOf(token))).toEqual([0, 1, 2]);
    expect(tokenizer.vocabularySize).toBeLessThanOrEqual(320);
    expect(tokenizer.encode('The').ids[0]).toBe(1);
  });

  it('gives every text back, also characters that were never seen', () => {
    for (const text of [...TEXTS, ...HARD]) expect(tokenizer.decode(tokenizer.encode(text, false).ids)).toBe(text);
  });

  it('writes a CLIP form: lower case, start and end as the last two ids', () => {
    const clip = loadTokenizer(trainBpe(TEXTS, { vocabularySize: 560, style: 'clip' }));
    const { ids, tokens } = clip.encode('The SKIN');
    expect(tokens.at(-2)).toBe('skin</w>');
    expect([ids[0], ids.at(-1)]).toEqual([clip.vocabularySize - 2, clip.vocabularySize - 1]);
    expect(clip.decode(ids)).toBe('the skin');
  });

  it('refuses a vocabulary smaller than the bytes', () => {
    expect(() => trainBpe(TEXTS, { vocabularySize: 100, style: 'llama' })).toThrow(WorkbenchError);
  });
});

describe.each(['llama', 'bytelevel'])('pieces of a %s tokenizer', (style) => {
  const tokenizer = loadTokenizer(fixture(style));

  it('joined are the decoded text', () => {
    for (const text of [...TEXTS, ...HARD, 'mixed <s> special </s> words']) {
      const { ids } = tokenizer.encode(text);
      const joined = Buffer.concat(tokenizer.piecesOf(ids));
      expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(joined)).toBe(tokenizer.decode(ids));
    }
  });

  it('stream as text without ever showing half a character', () => {
    for (const text of HARD) {
      const { ids } = tokenizer.encode(text);
      const decoder = new StreamingDecoder(tokenizer);
      const parts = ids.map((id) => decoder.push(id));
      expect(parts.join('')).not.toContain('\ufffd');
      expect(parts.join('') + decoder.finish()).toBe(tokenizer.decode(ids));
    }
  });
});

describe('Tokenizer', () => {
  it('replaces a broken character at the end only when the text is finished', () => {
    const tokenizer = loadTokenizer(fixture('bytelevel'));
    const { ids } = tokenizer.encode('😀', false);
    const decoder = new StreamingDecoder(tokenizer);
    expect(decoder.push(ids[0] ?? 0)).toBe('');
    expect(decoder.finish()).toBe('\ufffd');
  });

  it('decodes nothing to an empty text', () => {
    expect(loadTokenizer(fixture('llama')).decode([])).toBe('');
    expect(loadTokenizer(fixture('llama')).decode([1, 2])).toBe('');
  });

  it('lower-cases character by character, as the reference does', () => {
    const clip = loadTokenizer(fixture('clip'));
    expect(clip.decode(clip.encode('ΣΑΣ').ids)).toBe('σασ');
  });

  it.each([
    ['{', 'E-JSON'],
    ['[]', 'E-SCHEMA'],
    ['{}', 'E-SCHEMA'],
    [JSON.stringify({ ...JSON.parse(fixture('llama')), normalizer: { type: 'Precompiled', precompiled_charsmap: '' } }), 'E-UNSUPPORTED'],
    [JSON.stringify({ ...JSON.parse(fixture('llama')), added_tokens: [{ id: 'x' }] }), 'E-SCHEMA'],
  ])('refuses %.12s... with %s', (json, code) => {
    expect(() => loadTokenizer(json)).toThrow(expect.objectContaining({ code }));
  });
});

describe('added tokens', () => {
  const withAdded = (entry: object): ReturnType<typeof loadTokenizer> => {
    const json = JSON.parse(fixture('bytelevel'));
    return loadTokenizer({ ...json, added_tokens: [...json.added_tokens, { id: 900, content: 'real', special: false, ...entry }] });
  };

  it('of a whole word are not found inside another word', () => {
    const { tokens } = withAdded({ single_word: true }).encode('real unreal realé real-time', false);
    expect(tokens.filter((token) => token === 'real')).toHaveLength(2);
  });

  it('take the white space next to them, in spelling and range, but not what the one before took', () => {
    const { tokens, offsets } = withAdded({ lstrip: true, rstrip: true }).encode('a  real real  b', false);
    expect(tokens).toEqual(['a', '  real ', 'real  ', 'b']);
    expect(offsets).toEqual([[0, 1], [1, 8], [8, 14], [14, 15]]); // prettier-ignore
  });
});
