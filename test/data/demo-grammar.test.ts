import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/shared/random.ts';
import { paragraphKeyword } from '../../src/shared/text/keyword.ts';
import { lexiconVote } from '../../src/shared/text/lexicon.ts';
import { REGIONS, type RegionName } from '../../workers/data/demo/artefacts.ts';
import { falseClaims, phraseOf, trueClaims, twoRegionCaption } from '../../workers/data/demo/captions.ts';
import { allPhrases, claimsOf, isTrueClaim, SENTENCES, writeAnnotation, writeDescription } from '../../workers/data/demo/grammar.ts';

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
  const eyes = REGIONS.find(({ name }) => name === 'eyes');
  if (eyes === undefined) throw new Error('no region of the eyes');

  it('divide the claims of a region into true and false ones', () => {
    expect([trueClaims(eyes, EYES_AND_GRID), falseClaims(eyes, EYES_AND_GRID)]).toEqual([['eyes'], ['light', 'normal']]);
    expect([trueClaims(eyes, []), falseClaims(eyes, [])]).toEqual([['normal'], ['eyes', 'light']]);
  });

  it('use the words of the annotation', () => {
    const words = new Set(allPhrases().flatMap((phrase) => phrase.toLowerCase().match(/[a-z-]+/g) ?? []));
    for (let i = 0; i < 40; i++) {
      const caption = twoRegionCaption(EYES_AND_GRID, RandomStream.fromText(`caption ${i}`));
      for (const word of caption.match(/[a-z-]+/g) ?? []) expect(words).toContain(word);
    }
  });

  it('deny the competing artefact', () => {
    for (let i = 0; i < 40; i++) expect(phraseOf(eyes, 'normal', RandomStream.fromText(`denial ${i}`), 'light')).toMatch(/light|shading/);
  });
});
