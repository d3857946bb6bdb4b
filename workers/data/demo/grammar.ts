// Writes the paragraph annotation of a demo picture from what was really drawn, and reads claims back from any answer.
import type { ArtefactRecord, Label } from '../../../src/shared/domain/sample.ts';
import type { RandomStream } from '../../../src/shared/random.ts';
import { REGIONS, type ArtefactKind, type Region, type RegionName } from './artefacts.ts';
import { ABNORMAL_PHRASES, ABNORMAL_SENTENCES, GENERIC_PHRASES, NORMAL_PHRASES, NORMAL_SENTENCES } from './phrases.ts';

/** What a paragraph says of its region: the artefact it names, or that there is none. */
export type Claim = ArtefactKind | 'normal';

/** One sentence of the grammar. */
export interface GrammarSentence {
  region: RegionName;
  claim: Claim;
  text: string;
}

function sentencesOf({ name, kinds }: Region): GrammarSentence[] {
  const abnormal = kinds.flatMap((claim) => ABNORMAL_SENTENCES[claim].map((text) => ({ region: name, claim, text })));
  return [...abnormal, ...NORMAL_SENTENCES[name].map((text): GrammarSentence => ({ region: name, claim: 'normal', text }))];
}

/** All 48 sentences. */
export const SENTENCES: readonly GrammarSentence[] = REGIONS.flatMap(sentencesOf);

/** The artefacts of a region that are present. */
function presentIn(region: Region, artefacts: readonly ArtefactRecord[]): ArtefactKind[] {
  return region.kinds.filter((kind) => artefacts.some((record) => record.kind === kind));
}

/** One true sentence about a region: one of its artefacts, or a denial of both. */
function describeRegion(region: Region, artefacts: readonly ArtefactRecord[], random: RandomStream): string {
  const present = presentIn(region, artefacts);
  return random.pick(present.length > 0 ? ABNORMAL_SENTENCES[random.pick(present)] : NORMAL_SENTENCES[region.name]);
}

/** The four paragraphs without an answer: the text of the alignment stage. */
export function writeDescription(artefacts: readonly ArtefactRecord[], random: RandomStream): string {
  return REGIONS.map((region) => `**${region.title}**: ${describeRegion(region, artefacts, random)}`).join('\n\n');
}

/** A whole annotation in DF-R5 style. Another stream gives other phrasings of the same claims. */
export function writeAnnotation(artefacts: readonly ArtefactRecord[], label: Label, random: RandomStream): string {
  return `${writeDescription(artefacts, random)}\n\n### Answer: ${label}`;
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[a-z]+(?:-[a-z]+)*/g));
}

const SENTENCE_WORDS = SENTENCES.map((sentence) => ({ ...sentence, words: wordsOf(sentence.text) }));

/** Share of words that two sentences have in common (Dice). */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  return (2 * [...a].filter((word) => b.has(word)).length) / Math.max(1, a.size + b.size);
}

/** The claim of the most similar sentence of a region; null where less than half of the words agree. */
function readClaim(region: RegionName, text: string): Claim | null {
  const words = wordsOf(text);
  let best: { claim: Claim | null; score: number } = { claim: null, score: 0.5 };
  for (const sentence of SENTENCE_WORDS) {
    const score = sentence.region === region ? overlap(words, sentence.words) : 0;
    if (score > best.score) best = { claim: sentence.claim, score };
  }
  return best.claim;
}

/** A claim found in an answer. */
export interface FoundClaim {
  region: RegionName;
  /** null where the sentence is not one of the grammar's. */
  claim: Claim | null;
}

/** The claims of a generated answer, one for each paragraph that carries a region's title. */
export function claimsOf(text: string): FoundClaim[] {
  return text.split(/\n\s*\n/).flatMap((piece) => {
    const match = /^\s*\*\*([^*]+)\*\*:\s*([\s\S]*)$/.exec(piece);
    const region = REGIONS.find(({ title }) => title.toLowerCase() === match?.[1]?.trim().toLowerCase());
    return region ? [{ region: region.name, claim: readClaim(region.name, match?.[2] ?? '') }] : [];
  });
}

/** Whether a claim is true of a picture with these artefacts; a claim that was not understood is not. */
export function isTrueClaim({ region: name, claim }: FoundClaim, artefacts: readonly ArtefactRecord[]): boolean {
  if (claim === null) return false;
  if (claim !== 'normal') return artefacts.some((record) => record.kind === claim);
  const region = REGIONS.find((one) => one.name === name);
  return region !== undefined && presentIn(region, artefacts).length === 0;
}

/** Every text that annotations and captions are made of: for tokenizers and vocabularies. */
export function allPhrases(): string[] {
  const phrases = [...Object.values(ABNORMAL_PHRASES), ...Object.values(NORMAL_PHRASES)].flat();
  return [...SENTENCES.map(({ text }) => text), ...REGIONS.map(({ title }) => `**${title}**:`), ...phrases, ...GENERIC_PHRASES];
}
