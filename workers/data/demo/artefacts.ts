// The eight artefacts that the demo generator can draw, and the four regions whose paragraphs speak of them.
import type { ArtefactRecord } from '../../../src/shared/domain/sample.ts';

export const ARTEFACT_KINDS = ['skin', 'grid', 'eyes', 'light', 'hair', 'background', 'mouth', 'edge'] as const;
export type ArtefactKind = (typeof ARTEFACT_KINDS)[number];

/** Strength of every artefact: 0 = absent, about 0.4 = subtle, 1.1 = obvious. */
export type ArtefactStrengths = Record<ArtefactKind, number>;

/** One paragraph of an annotation: its title and the two artefacts it confirms or denies. */
export interface Region {
  name: 'surface' | 'eyes' | 'surroundings' | 'boundary';
  title: string;
  kinds: readonly [ArtefactKind, ArtefactKind];
}
export type RegionName = Region['name'];

/** The paragraphs of every annotation, in their fixed order. Titles hold no lexicon term (spec/prpo.md 5.2). */
export const REGIONS: readonly Region[] = [
  { name: 'surface', title: 'Skin and Texture', kinds: ['skin', 'grid'] },
  { name: 'eyes', title: 'Eyes and Lighting', kinds: ['eyes', 'light'] },
  { name: 'surroundings', title: 'Hair and Background', kinds: ['hair', 'background'] },
  { name: 'boundary', title: 'Mouth and Boundary', kinds: ['mouth', 'edge'] },
];

/** Strengths of a picture without any artefact. */
export function noArtefacts(): ArtefactStrengths {
  return { skin: 0, grid: 0, eyes: 0, light: 0, hair: 0, background: 0, mouth: 0, edge: 0 };
}

/** The artefacts that are present, as stored with a sample. */
export function artefactRecords(strengths: ArtefactStrengths): ArtefactRecord[] {
  return ARTEFACT_KINDS.filter((kind) => strengths[kind] > 0).map((kind) => ({ kind, strength: strengths[kind] }));
}

/** How many of the four regions hold at least one artefact. */
export function countRegions(strengths: ArtefactStrengths): number {
  return REGIONS.filter(({ kinds }) => kinds.some((kind) => strengths[kind] > 0)).length;
}
