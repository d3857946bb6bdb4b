import { describe, expect, it } from 'vitest';
import { FAKE_TERMS, NEGATORS, REAL_TERMS } from '../../../src/shared/text/lexicon-terms.ts';
import { findHits, lexiconVote } from '../../../src/shared/text/lexicon.ts';

describe('lexiconVote', () => {
  it('has 16 negators, 34 real terms and 29 fake terms', () => {
    expect([new Set(NEGATORS).size, new Set(REAL_TERMS).size, new Set(FAKE_TERMS).size]).toEqual([16, 34, 29]);
  });

  it.each([
    ['No artifacts are visible around the hairline.', 2.5, 0, 'real'],
    ['The skin is overly smooth and shows no pores.', 0, 2.5, 'fake'],
    ['Missing catchlight in the left eye.', 0, 2, 'fake'],
    ['The lighting is unnatural and the edges show blending seams.', 0, 3, 'fake'],
    ['The hair looks soft.', 0, 0, 'real'],
    ['The jaw does not look natural; the ears are consistent.', 0, 2, 'fake'],
    ['There is a lack of artifacts and the depth of field is plausible.', 2.5, 2.5, 'real'],
    ['The face cannot be real.', 1, 0, 'real'],
  ])('%s -> real %d, fake %d, %s', (text, real, fake, vote) => {
    const got = lexiconVote(text);
    expect(got.realScore).toBeCloseTo(real + 1e-6, 12);
    expect(got.fakeScore).toBeCloseTo(fake + 1e-6, 12);
    expect(got.vote).toBe(vote);
    expect(got.confidence).toBeCloseTo(Math.abs(real - fake) / (real + fake + 2e-6), 12);
  });

  it('names the nearest negator and the place of each hit', () => {
    const text = 'Without doubt this is not a FAKE.';
    const hit = findHits(text).find((one) => one.term === 'fake');
    expect(hit).toMatchObject({ negator: 'not', list: 'fake', weight: 1 });
    expect(text.slice(hit?.start, hit?.end)).toBe('FAKE');
  });

  it('counts a negator 80 characters before, and one that the window cuts to a word, but none further away', () => {
    expect(findHits(`no${' '.repeat(78)}fake`)[0]?.negator).toBe('no');
    expect(findHits(`no${' '.repeat(79)}fake`)[0]?.negator).toBeNull();
    // The window begins inside "piano": its last two letters are a word there.
    expect(findHits(`piano${' '.repeat(78)}fake`)[0]?.negator).toBe('no');
  });

  it('counts the window in code points', () => {
    expect(findHits(`no ${'😀'.repeat(77)}fake`)[0]?.negator).toBe('no');
  });

  it('does not take letters of any script for word ends', () => {
    expect(findHits('éreal realé _real real-time')).toHaveLength(1);
  });

  it('finds the right place behind letters whose lower case is longer', () => {
    const text = 'İİİ looks fake';
    const hit = findHits(text)[0];
    expect(text.slice(hit?.start, hit?.end)).toBe('fake');
  });
});
