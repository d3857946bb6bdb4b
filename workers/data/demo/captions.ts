// True and false phrases about a region, for contrastive training of the demo encoder.
import type { ArtefactRecord } from '../../../src/shared/domain/sample.ts';
import type { RandomStream } from '../../../src/shared/random.ts';
import { REGIONS, type Region } from './artefacts.ts';
import type { Claim } from './grammar.ts';
import { ABNORMAL_PHRASES, ABNORMAL_SENTENCES, NORMAL_PHRASES, NORMAL_SENTENCES } from './phrases.ts';

/** What may truly be said of a region: its artefacts, or `normal` when it has none. */
export function trueClaims(region: Region, artefacts: readonly ArtefactRecord[]): Claim[] {
  const present = region.kinds.filter((kind) => artefacts.some((record) => record.kind === kind));
  return present.length > 0 ? present : ['normal'];
}

/** What would be false of a region. */
export function falseClaims(region: Region, artefacts: readonly ArtefactRecord[]): Claim[] {
  const right = trueClaims(region, artefacts);
  return [...region.kinds, 'normal' as const].filter((claim) => !right.includes(claim));
}

/** The sentence's clause as a keyword extractor leaves it: no article, no full stop, lower case. */
function clause(sentence: string): string {
  return sentence
    .replace(/^(?:The|A|An) /, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

/**
 * A random phrase for a claim: a sentence's clause, or a short form of it.
 * @param against the claim it competes with; a short denial must then deny that artefact
 */
export function phraseOf(region: Region, claim: Claim, random: RandomStream, against?: Claim): string {
  if (claim !== 'normal') return random.pick([...ABNORMAL_SENTENCES[claim].map(clause), ...ABNORMAL_PHRASES[claim]]);
  const short = against !== undefined && against !== 'normal' ? NORMAL_PHRASES[against] : [];
  return random.pick([...NORMAL_SENTENCES[region.name].map(clause), ...short]);
}

/** A caption of two regions: long enough to be almost unique in a batch. */
export function twoRegionCaption(artefacts: readonly ArtefactRecord[], random: RandomStream): string {
  const [first, second] = random.shuffle(REGIONS);
  const phrase = (region: Region) => phraseOf(region, random.pick(trueClaims(region, artefacts)), random);
  return [first, second].flatMap((region) => (region ? [phrase(region)] : [])).join(' and ');
}
