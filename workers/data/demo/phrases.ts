// The sentences of the demo annotations: four phrasings of every claim. Rules they obey, kept by tests:
// an abnormal sentence names one artefact and votes fake by the lexicon, a normal one denies both artefacts of its
// region and votes real; the best keyword (YAKE, n = 10) keeps the claim, so there is no comma before it ends.
import type { ArtefactKind, RegionName } from './artefacts.ts';

/** Four phrasings of one claim. */
export type Phrasings = readonly [string, string, string, string];

/** What is said where an artefact was drawn. */
export const ABNORMAL_SENTENCES: Record<ArtefactKind, Phrasings> = {
  skin: [
    'The skin is overly smooth and lacks any fine pores.',
    'Cheeks and forehead look waxy with an unnatural plastic-like shine.',
    'Facial skin appears artificial and airbrushed like smooth wax.',
    'The skin surface is uniform and waxy without pores.',
  ],
  grid: [
    'A synthetic grid of fine dots covers the whole picture.',
    'Periodic grid artifacts repeat across the entire image.',
    'Regular checkerboard artifacts lie over the face and the wall.',
    'Repeating dots form an artificial mesh over the picture.',
  ],
  eyes: [
    'The two eyes are misaligned and have different iris colors.',
    'Iris color and gaze are inconsistent between the two eyes.',
    'One eye shows an incorrect iris color and looks elsewhere.',
    'The gaze is unnatural because the eyes look in different directions.',
  ],
  light: [
    'A hard diagonal shadow makes the lighting inconsistent.',
    'Lighting is unnatural with a sharp shadow cutting the face.',
    'An artificial dark shadow falls across half of the face.',
    'Light and shade are inconsistent along a hard diagonal line.',
  ],
  hair: [
    'Hair strands melt together into unnatural blobs.',
    'The hair shows smudging where strands merge into clumps.',
    'Merged hair strands form an artificial blurry mass.',
    'Hair turns into rigid clumps instead of separate strands.',
  ],
  background: [
    'The wall lines bend with visible warping behind the head.',
    'Background warping bends the straight lines of the wall.',
    'Wavy wall lines reveal a distortion of the background.',
    'The background pattern is misaligned and curves in waves.',
  ],
  mouth: [
    'The mouth is misaligned and tilted with blotchy teeth.',
    'Teeth show unnatural dark blotches inside a crooked mouth.',
    'A crooked mouth gives teeth and lips an incorrect shape.',
    'Blotchy merged teeth look artificial between tilted lips.',
  ],
  edge: [
    'Blending seams run along the outline of the face.',
    'A bright ring of blending surrounds the face boundary.',
    'The face outline has an artificial bright halo.',
    'Composite seams glow around the edge of the face.',
  ],
};

/** What is said where neither artefact of a region was drawn. */
export const NORMAL_SENTENCES: Record<RegionName, Phrasings> = {
  surface: [
    'Skin shows natural pores and there is no periodic grid.',
    'Natural pores cover the cheeks without any repeating grid.',
    'Skin texture is natural with pores and no mesh pattern.',
    'Fine pores look natural and no grid of dots is visible.',
  ],
  eyes: [
    'Both eyes are aligned and the soft light is consistent.',
    'Matching irises look natural under soft and consistent light.',
    'Both irises match correctly and the soft shading looks natural.',
    'The gaze is properly aligned and soft light shades the face.',
  ],
  surroundings: [
    'Hair strands are well-defined and wall lines are properly straight.',
    'Separate hair strands look natural before a straight coherent wall.',
    'Fine strands look natural and background lines are properly aligned.',
    'The hair has well-defined strands and the straight wall is plausible.',
  ],
  boundary: [
    'Teeth and lips look natural and the outline is coherent.',
    'The mouth is properly aligned and the face edge looks natural.',
    'The lips look natural and the face outline has no halo.',
    'The mouth is anatomically plausible and the face outline is clean.',
  ],
};

/** Short phrases for contrastive training: what an artefact looks like. */
export const ABNORMAL_PHRASES: Record<ArtefactKind, readonly string[]> = {
  skin: [
    'overly smooth skin',
    'waxy plastic-like skin',
    'skin lacks any fine pores',
    'airbrushed skin like wax',
    'uniform waxy skin without pores',
  ],
  grid: [
    'periodic grid artifacts',
    'synthetic grid of fine dots',
    'checkerboard artifacts over the image',
    'artificial mesh of repeating dots',
  ],
  eyes: [
    'eyes are misaligned',
    'different iris colors',
    'inconsistent gaze between the two eyes',
    'one eye has an incorrect color',
    'eyes look in different directions',
  ],
  light: [
    'hard diagonal shadow',
    'inconsistent lighting',
    'sharp shadow cutting the face',
    'artificial dark shadow across half of the face',
  ],
  hair: [
    'hair strands melt together',
    'hair smudging into clumps',
    'merged hair strands',
    'unnatural blobs of hair',
    'rigid clumps of hair',
  ],
  background: [
    'wall lines bend',
    'background warping',
    'wavy wall lines',
    'distortion of the background',
    'background pattern curves in waves',
  ],
  mouth: [
    'mouth is misaligned',
    'crooked tilted mouth',
    'blotchy teeth',
    'unnatural dark blotches on the teeth',
    'merged teeth between tilted lips',
  ],
  edge: [
    'blending seams along the face outline',
    'bright ring around the face',
    'artificial bright halo',
    'composite seams around the face edge',
  ],
};

/** The opposites: what is seen where the artefact was not drawn. */
export const NORMAL_PHRASES: Record<ArtefactKind, readonly string[]> = {
  skin: [
    'natural pores',
    'skin shows natural pores',
    'fine pores on the cheeks',
    'natural skin texture',
    'skin texture is natural with pores',
  ],
  grid: ['no periodic grid', 'there is no periodic grid', 'no grid of dots is visible', 'no mesh pattern', 'without any repeating grid'],
  eyes: ['eyes are aligned', 'matching irises', 'irises match correctly', 'gaze is properly aligned', 'both irises look natural'],
  light: ['soft light is consistent', 'consistent light', 'soft shading looks natural', 'soft light shades the face'],
  hair: ['hair strands are well-defined', 'separate hair strands', 'fine strands look natural', 'hair has well-defined strands'],
  background: [
    'wall lines are properly straight',
    'straight coherent wall',
    'background lines are properly aligned',
    'straight wall is plausible',
  ],
  mouth: ['mouth is properly aligned', 'teeth and lips look natural', 'lips look natural', 'mouth is anatomically plausible'],
  edge: ['outline is coherent', 'face edge looks natural', 'face outline has no halo', 'face outline is clean'],
};

/** Phrases that are true of every picture. */
export const GENERIC_PHRASES: readonly string[] = [
  'a portrait of a person',
  'face in front of a wall',
  'person looking at the camera',
  'a head and shoulders picture',
];
