import { describe, expect, it } from 'vitest';
import { parseAnswer, parseEval, parseFinalLine, parsePlain, parsePrpo, parseStrict } from '../../../src/shared/text/answer-parsers.ts';

describe('answer parsers', () => {
  it('disagree when both words follow the tag: eval says real, prpo fake, final-line the last one', () => {
    const text = '### Answer: not real but fake';
    expect(parseEval(text).answer).toBe('real');
    expect(parsePrpo(text)).toEqual({ answer: 'fake', rule: 'answer-tag-both' });
    expect(parseFinalLine(text).answer).toBe('fake');
    expect(parseStrict(text).answer).toBeNull();
  });

  it('find a word on the line after the tag, except the final-line rule', () => {
    const text = 'Reasoning.\n\n### Answer:\nfake';
    expect(parsePrpo(text).answer).toBe('fake');
    expect(parseFinalLine(text)).toEqual({ answer: null, rule: 'none' });
  });

  it('use the last tag', () => {
    expect(parseEval('### Answer: real\n### Answer: fake').answer).toBe('fake');
  });

  it('take substrings for words: realistic is real', () => {
    expect(parsePrpo('### Answer: it looks realistic')).toEqual({ answer: 'real', rule: 'answer-tag' });
  });

  it('fall back to the final line in prpo only without a tag', () => {
    expect(parsePrpo('Conclusion: this is fake')).toEqual({ answer: 'fake', rule: 'final-line' });
    expect(parsePrpo('Conclusion: this is fake\n### Answer: unsure').answer).toBeNull();
  });

  it('go on to earlier lines when a tagged line decides nothing', () => {
    expect(parseFinalLine('Answer: real\nAnswer: either fake or real, who knows').answer).toBe('real');
  });

  it('plain takes the only word of a text without a tag', () => {
    expect(parsePlain('This face is FAKE.')).toEqual({ answer: 'fake', rule: 'whole-text' });
    expect(parsePlain('real or fake').answer).toBeNull();
  });

  it.each([
    ['### Answer: fake', 'fake'],
    ['### Answer:   real\nmore', 'real'],
    ['### Answer: fake\r\n', 'fake'],
    ['### Answer: Fake', null],
    ['### Answer: fake.', null],
    ['### Answer: realistic', null],
    ['### Answer:\nfake', null],
  ])('strict on %j -> %s', (text, answer) => {
    expect(parseAnswer(text, 'strict').answer).toBe(answer);
  });
});
