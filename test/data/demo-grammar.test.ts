import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/shared/random.ts';
import { paragraphKeyword } from '../../src/shared/text/keyword.ts';
import { lexiconVote } from '../../src/shared/text/lexicon.ts';
import { ARTEFACT_KINDS, REGIONS, type RegionName } from '../../workers/data/demo/artefacts.ts';
import { captionPair, claimsOf, isTrueClaim, regionCaptions, SENTENCES, writeAnnotation, writeDescription } from '../../workers/data/demo/grammar.ts';

const EYES_AND_GRID = [
  { kind: 'eyes', strength: 0.7 },
  { kind: 'grid', strength: 0.5 },
];

describe('the annotation grammar', () => {
  it('has 48 different sentences of 7 to 13 words that end in a full stop and hold no comma', () => {
    expect(new Set(SENTENCES.map(({ text }) => text)).size).toBe(48);
    for (const { text } of SENTENCES) {
      expect(text.split(' ').length).toBeGreaterThanOrEqual(7);
      expect(text.split(' ').length).toBeLessThanOrEqual(13);
      expect(text).toMatch(/^[A-Z][a-z -]+\.$/i);
    }
  });

  it('writes four titled paragraphs in fixed order and the answer line', () => {
    const pieces = writeAnnotation(EYES_AND_GRID, 'fake', RandomStream.fromText('a')).split('\n\n');
    expect(pieces.map((piece) => /^\*\*([^*]+)\*\*: /.exec(piece)?.[1])).toEqual([...REGIONS.map(({ title }) => title), undefined]);
    expect(pieces.at(-1)).toBe('### Answer: fake');
  });

  it('claims exactly what was drawn', () => {
    for (let i = 0; i < 50; i++) {
      const claims = claimsOf(writeDescription(EYES_AND_GRID, RandomStream.fromText(`claims ${i}`)));
      expect(claims.map(({ claim }) => claim)).toEqual(['grid', 'eyes', 'normal', 'normal']);
      expect(claims.every((claim) => isTrueClaim(claim, EYES_AND_GRID))).toBe(true);
    }
  });

  it('names either artefact of a region that has both', () => {
    const both = [...EYES_AND_GRID, { kind: 'light', strength: 0.6 }];
    const named = Array.from({ length: 40 }, (_, i) => claimsOf(writeDescription(both, RandomStream.fromText(`both ${i}`)))[1]?.claim);
    expect(new Set(named)).toEqual(new Set(['eyes', 'light']));
  });

  it('uses all four phrasings of a claim', () => {
    const texts = Array.from({ length: 80 }, (_, i) => writeDescription([], RandomStream.fromText(`phrasing ${i}`)).split('\n\n')[0]);
    expect(new Set(texts).size).toBe(4);
  });
});

/** Words that show that a denial still speaks of both artefacts of its region. */
const BOTH_CUES: Record<RegionName, [RegExp, RegExp]> = {
  surface: [/pores/i, /grid|mesh/],
  eyes: [/eyes|irises|gaze/i, /light|shading/],
  surroundings: [/strands/i, /wall|background/],
  boundary: [/teeth|lips|mouth/i, /outline|edge/],
};

const paragraphOf = (region: RegionName, text: string): string => `**${REGIONS.find(({ name }) => name === region)?.title}**: ${text}`;

describe('what the rewards make of a sentence', () => {
  it.each(SENTENCES)('the lexicon votes as $claim should: $text', ({ region, claim, text }) => {
    const { vote, realScore, fakeScore } = lexiconVote(paragraphOf(region, text));
    expect(vote).toBe(claim === 'normal' ? 'real' : 'fake');
    expect(Math.min(realScore, fakeScore)).toBeLessThan(0.01);
    expect(Math.max(realScore, fakeScore)).toBeGreaterThanOrEqual(1);
  });

  it.each(SENTENCES)('the keyword keeps the claim $claim: $text', ({ region, claim, text }) => {
    const keyword = paragraphKeyword(paragraphOf(region, text), 10);
    expect(claimsOf(paragraphOf(region, keyword))).toEqual([{ region, claim }]);
    if (claim === 'normal') for (const cue of BOTH_CUES[region]) expect(keyword).toMatch(cue);
  });

  it('the titles alone say nothing', () => {
    for (const { title } of REGIONS) expect(lexiconVote(`**${title}**:`)).toMatchObject({ vote: 'real', hits: [] });
  });
});

describe('claimsOf', () => {
  it('recognises every sentence under its own title', () => {
    for (const { region, claim, text } of SENTENCES) {
      expect(claimsOf(paragraphOf(region, text))).toEqual([{ region, claim }]);
    }
  });

  it('survives a changed word, and says null for a sentence that is not of the grammar', () => {
    expect(claimsOf('**Hair and Background**: Hair strands melt together into soft blobs.')[0]?.claim).toBe('hair');
    expect(claimsOf('**Hair and Background**: I cannot see anything special here.')[0]?.claim).toBeNull();
    expect(claimsOf('### Answer: fake')).toEqual([]);
  });

  it('counts a denial as false where one of the two artefacts is there', () => {
    expect(isTrueClaim({ region: 'eyes', claim: 'normal' }, EYES_AND_GRID)).toBe(false);
    expect(isTrueClaim({ region: 'eyes', claim: 'light' }, EYES_AND_GRID)).toBe(false);
    expect(isTrueClaim({ region: 'boundary', claim: 'normal' }, EYES_AND_GRID)).toBe(true);
    expect(isTrueClaim({ region: 'boundary', claim: null }, [])).toBe(false);
  });
});

describe('captions', () => {
  it('gives a matching phrase and a contradicting one for every artefact', () => {
    for (const kind of ARTEFACT_KINDS) {
      const present = captionPair(kind, [{ kind, strength: 0.5 }], RandomStream.fromText(kind));
      const absent = captionPair(kind, [], RandomStream.fromText(kind));
      expect(present.matching).not.toBe(present.opposite);
      expect(absent.matching).not.toBe(absent.opposite);
    }
  });

  it('never denies a whole region in a matching phrase when its other artefact is there', () => {
    for (let i = 0; i < 60; i++) {
      const { matching } = captionPair('light', EYES_AND_GRID, RandomStream.fromText(`light ${i}`));
      expect(matching).not.toMatch(/eyes|iris|gaze/);
    }
  });

  it('gives one caption per region in the words of the annotation', () => {
    const captions = regionCaptions(EYES_AND_GRID, RandomStream.fromText('captions'));
    const clauses = SENTENCES.map(({ text }) => text.toLowerCase());
    expect(captions).toHaveLength(4);
    for (const caption of captions) expect(clauses.some((text) => text.includes(caption))).toBe(true);
  });
});
