// Hair behind the head and over the forehead: separate strands, or merged blobs where the artefact is drawn.
import { paint, setColour, type Box, type Canvas, type Placement, type Shader } from './canvas.ts';
import { clamp01, ellipse, mix, smoothNoise, step, wave } from './shape.ts';
import type { PortraitSpec } from './spec.ts';

/** Brightness factor of hair at a point: strands flow down from the parting. */
function strandShade(spec: PortraitSpec, x: number, y: number): number {
  const { parting, strands } = spec.hair;
  const flow = (x - parting * 0.4) / Math.sqrt(Math.max(0.12, y + spec.face.halfHeight + 0.28));
  const bend = 0.12 * smoothNoise(x * 3, y * 3, spec.seed ^ 21);
  const fine = wave((flow + bend * 0.2) * strands + 0.4 * smoothNoise(flow * 14, y * 1.5, spec.seed ^ 22));
  const finest = wave(flow * strands * 2.3 + 0.3);
  return 1 + 0.34 * fine + 0.14 * finest;
}

/** What strands become when a generator merges them: a few smooth swellings. */
function blobShade(spec: PortraitSpec, x: number, y: number): number {
  const phase = spec.background.phase;
  return 0.95 + 0.26 * wave(1.9 * x + phase) * wave(1.6 * y + phase * 3) + 0.08 * wave(1.1 * (x + y));
}

/** Gloss where the hair turns to the light. */
function gloss(spec: PortraitSpec, x: number, y: number): number {
  const band = Math.abs(ellipse(x - 0.1 * spec.light.side, y + 0.1, spec.face.halfWidth, spec.face.halfHeight) - 1.02);
  return 0.3 * spec.light.strength * clamp01(1 - band * 6) * step(0.2, -0.5, y);
}

function shadeHair(spec: PortraitSpec, opacity: (x: number, y: number) => number, darkness: number): Shader {
  const merged = Math.min(1, spec.artefacts.hair);
  return (x, y, under) => {
    const alpha = opacity(x, y);
    if (alpha === 0) return 0;
    const shade = mix(strandShade(spec, x, y), blobShade(spec, x, y), merged);
    const side = 1 + 0.3 * spec.light.side * spec.light.strength * x;
    setColour(under, spec.hair.colour, darkness * side * (shade + gloss(spec, x, y)));
    for (let c = 0; c < 3; c++) under[c] = (under[c] ?? 0) + 0.14 * (shade - 0.8);
    return alpha;
  };
}

/** Ragged ends: the outline moves with the strands, less where they are merged. */
function ragged(spec: PortraitSpec, x: number, y: number): number {
  return 0.035 * (1 - 0.7 * Math.min(1, spec.artefacts.hair)) * smoothNoise(x * 16, y * 5, spec.seed ^ 23);
}

/** Hair behind the face: a cap, and two curtains when it is long. */
export function drawBackHair(canvas: Canvas, spec: PortraitSpec, head: Placement): void {
  const { halfWidth, halfHeight } = spec.face;
  const { volume, long } = spec.hair;
  const box: Box = { left: -0.8, right: 0.8, top: -0.9, bottom: long ? 1 : 0.3 };
  const opacity = (x: number, y: number) => {
    const rough = ragged(spec, x, y);
    const cap = step(1.02, 0.98, ellipse(x, y + 0.06, halfWidth + volume, halfHeight + volume * 0.9) + rough);
    if (!long) return cap * step(0.12, -0.06, y + rough);
    const curtain = step(0.02, -0.02, Math.abs(x) - halfWidth - volume - 0.04 * y + rough);
    return Math.max(cap, curtain * step(-0.05, 0.05, y));
  };
  paint(canvas, head, box, shadeHair(spec, opacity, 0.82));
}

/** Hair over the forehead: everything above a hairline that parts. */
export function drawFrontHair(canvas: Canvas, spec: PortraitSpec, head: Placement): void {
  const { halfWidth, halfHeight } = spec.face;
  const { volume, fringe, parting } = spec.hair;
  const opacity = (x: number, y: number) => {
    const rough = ragged(spec, x, y);
    const cap = step(1.02, 0.98, ellipse(x, y + 0.06, halfWidth + volume, halfHeight + volume * 0.9) + rough);
    const distance = Math.abs(x - parting);
    const hairline = Math.min(-halfHeight * 0.7 + fringe + 0.9 * distance * distance, -0.24 + 0.9 * Math.max(0, Math.abs(x) - 0.3)) + rough;
    return cap * step(0.02, -0.02, y - hairline);
  };
  paint(canvas, head, { left: -0.8, right: 0.8, top: -0.9, bottom: 0.1 }, shadeHair(spec, opacity, 1));
}
