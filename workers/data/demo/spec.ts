// Everything that decides one portrait, as plain data, and the natural variation it is drawn from.
import type { RandomStream } from '../../../src/shared/random.ts';
import { noArtefacts, type ArtefactStrengths } from './artefacts.ts';
import type { Rgb } from './shape.ts';

/** How a "camera or generator" renders: the same for a domain's real and fake pictures. */
export interface Look {
  /** Blur radius in pixels of the 64-pixel picture. */
  blur: number;
  saturation: number;
  contrast: number;
  /** Channel gains. */
  tint: Rgb;
  /** Tone curve v + tone * v * (1 - v): positive brightens the middle. */
  tone: number;
  vignette: number;
  /** Amplitude of the pixel noise. */
  grain: number;
}

export interface PortraitSpec {
  /** For all textures. */
  seed: number;
  /** Frame units and radians. */
  pose: { x: number; y: number; tilt: number; yaw: number };
  face: { halfWidth: number; halfHeight: number; jaw: number; skin: Rgb; blush: number };
  /** `side` -1 or 1: where the light comes from. */
  light: { side: number; strength: number };
  eyes: { halfWidth: number; halfHeight: number; distance: number; iris: Rgb; oddIris: Rgb; oddSide: number; gaze: number };
  brows: { thickness: number; arch: number; height: number };
  mouth: { halfWidth: number; smile: number; open: number; lips: Rgb; tiltSide: number };
  hair: { colour: Rgb; volume: number; long: boolean; fringe: number; parting: number; strands: number };
  clothes: { colour: Rgb; collar: number };
  background: {
    pattern: 'stripes' | 'tiles' | 'boards';
    vertical: boolean;
    period: number;
    colour: Rgb;
    contrast: number;
    waves: number;
    phase: number;
  };
  /** Direction of the second shadow and where it cuts the face. */
  shadow: { x: number; y: number; offset: number };
  grid: { period: number };
  look: Look;
  artefacts: ArtefactStrengths;
}

const SKIN_TONES: readonly Rgb[] = [
  [0.95, 0.8, 0.7],
  [0.91, 0.73, 0.61],
  [0.84, 0.65, 0.51],
  [0.74, 0.54, 0.41],
  [0.62, 0.43, 0.32],
  [0.5, 0.34, 0.25],
];
const HAIR_COLOURS: readonly Rgb[] = [
  [0.13, 0.11, 0.11],
  [0.24, 0.16, 0.12],
  [0.38, 0.25, 0.16],
  [0.5, 0.25, 0.14],
  [0.74, 0.57, 0.33],
  [0.58, 0.57, 0.56],
];
const DARK_IRISES: readonly Rgb[] = [
  [0.3, 0.17, 0.08],
  [0.38, 0.24, 0.1],
  [0.2, 0.13, 0.09],
];
const LIGHT_IRISES: readonly Rgb[] = [
  [0.3, 0.58, 0.85],
  [0.35, 0.68, 0.42],
  [0.55, 0.72, 0.82],
];
const WALL_COLOURS: readonly Rgb[] = [
  [0.62, 0.66, 0.72],
  [0.7, 0.65, 0.56],
  [0.56, 0.67, 0.6],
  [0.68, 0.58, 0.6],
  [0.55, 0.58, 0.7],
];
const CLOTHES_COLOURS: readonly Rgb[] = [
  [0.2, 0.28, 0.42],
  [0.45, 0.2, 0.22],
  [0.24, 0.36, 0.28],
  [0.85, 0.84, 0.8],
  [0.22, 0.22, 0.24],
];

function jitter(random: RandomStream, colour: Rgb, amount: number): Rgb {
  const brightness = random.uniform(-amount, amount);
  const shift = (value: number) => value + brightness + random.uniform(-amount, amount) / 3;
  return [shift(colour[0]), shift(colour[1]), shift(colour[2])];
}

/** The iris and the one that a mismatched eye gets: a dark and a light colour in either order. */
function irisPair(random: RandomStream): { iris: Rgb; oddIris: Rgb } {
  const dark = jitter(random, random.pick(DARK_IRISES), 0.03);
  const light = jitter(random, random.pick(LIGHT_IRISES), 0.04);
  return random.chance(0.5) ? { iris: dark, oddIris: light } : { iris: light, oddIris: dark };
}

function side(random: RandomStream): number {
  return random.chance(0.5) ? 1 : -1;
}

function randomHead(random: RandomStream): Pick<PortraitSpec, 'pose' | 'face' | 'light' | 'eyes' | 'brows' | 'mouth'> {
  const skin = jitter(random, random.pick(SKIN_TONES), 0.03);
  const redness = random.uniform(0.05, 0.2);
  return {
    pose: {
      x: random.uniform(-0.05, 0.05),
      y: random.uniform(-0.05, 0.03),
      tilt: random.uniform(-0.07, 0.07),
      yaw: random.uniform(-0.04, 0.04),
    },
    face: {
      halfWidth: random.uniform(0.42, 0.48),
      halfHeight: random.uniform(0.54, 0.6),
      jaw: random.uniform(0.02, 0.12),
      skin,
      blush: random.uniform(0.02, 0.1),
    },
    light: { side: side(random), strength: random.uniform(0.25, 0.6) },
    eyes: {
      halfWidth: random.uniform(0.115, 0.132),
      halfHeight: random.uniform(0.066, 0.08),
      distance: random.uniform(0.185, 0.205),
      ...irisPair(random),
      oddSide: side(random),
      gaze: random.uniform(-0.02, 0.02),
    },
    brows: { thickness: random.uniform(0.02, 0.036), arch: random.uniform(0.01, 0.04), height: random.uniform(0.135, 0.165) },
    mouth: {
      halfWidth: random.uniform(0.16, 0.2),
      smile: random.uniform(0.01, 0.06),
      open: random.uniform(0.036, 0.06),
      lips: [skin[0] * (0.82 + redness / 2), skin[1] * (0.68 - redness), skin[2] * (0.72 - redness)],
      tiltSide: side(random),
    },
  };
}

function randomShadow(random: RandomStream): PortraitSpec['shadow'] {
  const slant = random.uniform(0.6, 0.8);
  return { x: side(random) * slant, y: side(random) * Math.sqrt(1 - slant * slant), offset: random.uniform(-0.1, 0.1) };
}

function randomSurroundings(
  random: RandomStream,
  darkSkin: boolean,
): Pick<PortraitSpec, 'hair' | 'clothes' | 'background' | 'shadow' | 'grid'> {
  return {
    hair: {
      colour: jitter(random, random.pick(HAIR_COLOURS.slice(0, darkSkin ? 3 : HAIR_COLOURS.length)), 0.03),
      volume: random.uniform(0.09, 0.15),
      long: random.chance(0.55),
      fringe: random.uniform(-0.03, 0.12),
      parting: random.uniform(-0.2, 0.2),
      strands: random.uniform(8, 11),
    },
    clothes: { colour: jitter(random, random.pick(CLOTHES_COLOURS), 0.05), collar: random.uniform(0.1, 0.24) },
    background: {
      pattern: random.pick(['stripes', 'tiles', 'boards'] as const),
      vertical: random.chance(0.6),
      period: random.uniform(0.2, 0.3),
      colour: jitter(random, random.pick(WALL_COLOURS), 0.06),
      contrast: random.uniform(0.32, 0.45),
      waves: random.uniform(1.6, 2.2),
      phase: random.next(),
    },
    shadow: randomShadow(random),
    grid: { period: random.pick([7, 8]) },
  };
}

/** A portrait of somebody, natural in every respect, with the given look. */
export function randomPortrait(random: RandomStream, look: Look): PortraitSpec {
  const head = randomHead(random);
  const surroundings = randomSurroundings(random, head.face.skin[0] < 0.68);
  return { seed: random.nextUint32() | 0, ...head, ...surroundings, look, artefacts: noArtefacts() };
}
