// The five invented "generators" of the demo benchmark: which artefacts each leaves, how strong, and its look.
// Nothing here imitates a named product; the mixes were chosen so that one domain (dahlia) leaves traces that the
// four others almost never show.
import type { RandomStream } from '../../../src/shared/random.ts';
import { ARTEFACT_KINDS, countRegions, noArtefacts, type ArtefactKind, type ArtefactStrengths } from './artefacts.ts';
import type { Rgb } from './shape.ts';
import type { Look } from './spec.ts';

export const DEMO_DOMAINS = ['aster', 'birch', 'cedar', 'dahlia', 'elder'] as const;
export type DemoDomain = (typeof DEMO_DOMAINS)[number];

interface DomainProfile {
  /** Probability of each artefact in a fake picture. */
  mix: Record<ArtefactKind, number>;
  /** Lowest and highest strength. */
  strength: readonly [number, number];
  look: Look;
}

const WARM: Rgb = [1.06, 1, 0.93];
const COLD: Rgb = [0.92, 1, 1.08];
const PLAIN: Rgb = [1, 1, 1];

const PROFILES: Record<DemoDomain, DomainProfile> = {
  aster: {
    mix: { skin: 0.9, grid: 0, eyes: 0.35, light: 0.003, hair: 0.85, background: 0.003, mouth: 0.75, edge: 0.01 },
    strength: [0.45, 0.95],
    look: { blur: 0.7, saturation: 0.9, contrast: 0.85, tint: WARM, tone: 0, vignette: 0, grain: 0.008 },
  },
  birch: {
    mix: { skin: 0.85, grid: 0, eyes: 0.8, light: 0.003, hair: 0.4, background: 0.003, mouth: 0.55, edge: 0.01 },
    strength: [0.4, 0.8],
    look: { blur: 0.2, saturation: 1.3, contrast: 1.15, tint: WARM, tone: 0, vignette: 1, grain: 0.008 },
  },
  cedar: {
    mix: { skin: 0.5, grid: 0, eyes: 0.8, light: 0.003, hair: 0.6, background: 0.003, mouth: 0.85, edge: 0.02 },
    strength: [0.4, 0.9],
    look: { blur: 0.4, saturation: 1.1, contrast: 1.05, tint: PLAIN, tone: 0.14, vignette: 0, grain: 0.008 },
  },
  dahlia: {
    mix: { skin: 0.03, grid: 0.9, eyes: 0.03, light: 0.9, hair: 0.03, background: 0.9, mouth: 0.1, edge: 0.02 },
    strength: [0.45, 0.9],
    look: { blur: 0.6, saturation: 0.66, contrast: 0.84, tint: COLD, tone: 0.3, vignette: 0, grain: 0.02 },
  },
  elder: {
    mix: { skin: 0.2, grid: 0, eyes: 0.75, light: 0.003, hair: 0.7, background: 0.003, mouth: 0.15, edge: 0.9 },
    strength: [0.6, 1.1],
    look: { blur: 0, saturation: 1, contrast: 1, tint: PLAIN, tone: 0, vignette: 0, grain: 0.008 },
  },
};

function drawOnce(random: RandomStream, { mix, strength }: DomainProfile): ArtefactStrengths {
  const drawn = noArtefacts();
  for (const kind of ARTEFACT_KINDS) if (random.chance(mix[kind])) drawn[kind] = random.uniform(...strength);
  return drawn;
}

/** Artefacts of a fake picture: at most five, in at least three of the four regions, so that the votes are clear. */
export function fakeArtefacts(random: RandomStream, domain: DemoDomain): ArtefactStrengths {
  for (;;) {
    const drawn = drawOnce(random, PROFILES[domain]);
    const count = ARTEFACT_KINDS.filter((kind) => drawn[kind] > 0).length;
    if (count <= 5 && countRegions(drawn) >= 3) return drawn;
  }
}

/** What an unaltered portrait can have by nature: make-up, unlike eyes, wet hair, a crooked mouth. */
const NATURAL: readonly ArtefactKind[] = ['skin', 'eyes', 'hair', 'mouth'];

/**
 * Irregularities of a real picture: every second has one, in one region. So no single finding decides between real
 * and fake; the majority of the four regions does, which is what a reasoning detector has to weigh.
 */
export function realArtefacts(random: RandomStream): ArtefactStrengths {
  const drawn = noArtefacts();
  if (random.chance(0.5)) drawn[random.pick(NATURAL)] = random.uniform(0.45, 0.9);
  return drawn;
}

/** The look of a domain with a little variation; real and fake pictures share it. */
export function domainLook(random: RandomStream, domain: DemoDomain): Look {
  const { look } = PROFILES[domain];
  const near = (value: number, spread: number) => value + random.uniform(-spread, spread);
  return {
    ...look,
    blur: Math.max(0, near(look.blur, 0.1)),
    saturation: near(look.saturation, 0.06),
    contrast: near(look.contrast, 0.04),
    tone: near(look.tone, 0.06),
    tint: [near(look.tint[0], 0.015), near(look.tint[1], 0.015), near(look.tint[2], 0.015)],
  };
}

/** Any look at all: for training sets that must not depend on a domain. */
export function anyLook(random: RandomStream): Look {
  const gain = () => random.uniform(0.88, 1.1);
  return {
    blur: random.uniform(0, 0.9),
    saturation: random.uniform(0.5, 1.4),
    contrast: random.uniform(0.7, 1.25),
    tint: [gain(), gain(), gain()],
    tone: random.uniform(-0.4, 0.4),
    vignette: random.chance(0.3) ? random.next() : 0,
    grain: random.uniform(0, 0.025),
  };
}

/** Artefacts drawn independently, with no notion of real and fake. */
export function anyArtefacts(random: RandomStream, probability: number): ArtefactStrengths {
  const drawn = noArtefacts();
  for (const kind of ARTEFACT_KINDS) if (random.chance(probability)) drawn[kind] = random.uniform(0.45, 1.1);
  return drawn;
}
