// Skin, nose and ears, and the two artefacts that lie on the face as a whole: a second shadow and a blending seam.
import { paint, setColour, type Canvas, type Placement } from './canvas.ts';
import { bump, clamp01, ellipse, smoothNoise, step } from './shape.ts';
import type { PortraitSpec } from './spec.ts';

/** Distance from the face's centre in units of its outline: 1 on the outline; the jaw is narrower than the brow. */
function faceDistance({ halfWidth, halfHeight, jaw }: PortraitSpec['face'], x: number, y: number): number {
  const below = Math.max(0, y / halfHeight);
  return ellipse(x, y, halfWidth * (1 - jaw * below * below), halfHeight);
}

/** Light on the face as on an egg, plus darker temples. */
function faceLight({ face, light }: PortraitSpec, x: number, y: number, distance: number): number {
  const depth = Math.sqrt(Math.max(0.02, 1 - distance * distance));
  const facing = (0.62 * light.side * x) / face.halfWidth - (0.3 * y) / face.halfHeight + 0.62 * depth;
  const edge = distance * distance * distance * distance;
  return 0.93 + light.strength * 0.62 * (facing - 0.42) - 0.16 * edge;
}

/** Pores and blotches of a natural skin, -1..1 or so. */
function skinTexture(seed: number, x: number, y: number): number {
  return (
    0.09 * smoothNoise(x * 58, y * 58, seed ^ 31) +
    0.055 * smoothNoise(x * 24, y * 24, seed ^ 32) +
    0.07 * smoothNoise(x * 7, y * 7, seed ^ 33)
  );
}

/** Shine of wax on forehead, cheeks, nose and chin. */
function waxShine(light: number, x: number, y: number): number {
  const forehead = bump(ellipse(x - 0.06 * light, y + 0.3, 0.24, 0.12));
  const cheeks = bump(ellipse(Math.abs(x) - 0.24, y - 0.12, 0.14, 0.13));
  const nose = bump(ellipse(x, y - 0.06, 0.06, 0.16));
  const chin = bump(ellipse(x, y - 0.47, 0.12, 0.07));
  return forehead + cheeks + nose + chin;
}

function blush(amount: number, x: number, y: number): number {
  return amount * bump(ellipse(Math.abs(x) - 0.25, y - 0.16, 0.17, 0.14));
}

/** Darker or lighter marks of nose, eye sockets and lips' corner folds. */
function relief({ light, pose }: PortraitSpec, x: number, y: number): number {
  const nx = x - pose.yaw;
  const bridge = 0.12 * bump(ellipse(nx - 0.015 * light.side, y - 0.02, 0.04, 0.24));
  const flank = 0.22 * light.strength * bump(ellipse(nx + 0.075 * light.side, y - 0.09, 0.06, 0.2));
  const base = 0.2 * bump(ellipse(nx, y - 0.225, 0.12, 0.04));
  const tip = 0.1 * bump(ellipse(nx - 0.02 * light.side, y - 0.15, 0.06, 0.05));
  const nostrils = 0.42 * bump(ellipse(Math.abs(nx) - 0.048, y - 0.2, 0.034, 0.022));
  const sockets = 0.13 * bump(ellipse(Math.abs(nx) - 0.19, y + 0.1, 0.19, 0.13));
  const folds = 0.07 * bump(ellipse(Math.abs(nx) - 0.2 - (y - 0.3) * 0.2, y - 0.3, 0.035, 0.14));
  return bridge + tip - flank - base - nostrils - sockets - folds;
}

/** Draws the skin of the face with its shading; the artefact removes its texture and adds a waxy shine. */
export function drawFace(canvas: Canvas, spec: PortraitSpec, head: Placement): void {
  const { face, light, seed } = spec;
  const waxy = Math.min(1, spec.artefacts.skin);
  const depth = (1 - waxy) * Math.sqrt(0.85 / face.skin[0]);
  paint(canvas, head, { left: -0.6, right: 0.6, top: -0.7, bottom: 0.7 }, (x, y, under) => {
    const distance = faceDistance(face, x, y);
    if (distance > 1.04) return 0;
    const shade = faceLight(spec, x, y, distance) + relief(spec, x, y) + depth * skinTexture(seed, x, y);
    const shine = 0.3 * waxy * waxShine(light.side, x, y);
    const red = blush(face.blush, x, y);
    setColour(under, face.skin, shade);
    under[0] = under[0] + shine + red * 0.5;
    under[1] = under[1] + shine - red * 0.5;
    under[2] = under[2] + shine - red * 0.35;
    return step(1.025, 0.985, distance);
  });
}

/** Draws the ears; the face is painted over their inner half. */
export function drawEars(canvas: Canvas, spec: PortraitSpec, head: Placement): void {
  const { halfWidth, skin } = spec.face;
  paint(canvas, head, { left: -0.65, right: 0.65, top: -0.2, bottom: 0.25 }, (x, y, under) => {
    const distance = ellipse(Math.abs(x) - halfWidth - 0.005, y - 0.02, 0.06, 0.12);
    const hollow = bump(distance * 1.4) * 0.25;
    setColour(under, skin, 0.88 - hollow + 0.2 * spec.light.side * spec.light.strength * x);
    return step(1.08, 0.92, distance);
  });
}

/** A second, hard-edged shadow that contradicts the soft light: half of the head turns dark. */
export function drawShadow(canvas: Canvas, spec: PortraitSpec, head: Placement): void {
  const strength = spec.artefacts.light;
  if (strength === 0) return;
  const { x: dirX, y: dirY, offset } = spec.shadow;
  paint(canvas, head, { left: -0.7, right: 0.7, top: -0.85, bottom: 0.75 }, (x, y, under) => {
    const shaded = step(-0.008, 0.008, dirX * x + dirY * y - offset) * step(1.1, 1.05, faceDistance(spec.face, x, y));
    setColour(under, under, 1 - Math.min(0.75, 0.58 * strength));
    return shaded;
  });
}

/** A bright ring inside the outline and a dark one outside, as a pasted face leaves them. */
export function drawSeam(canvas: Canvas, spec: PortraitSpec, head: Placement): void {
  const strength = spec.artefacts.edge;
  if (strength === 0) return;
  paint(canvas, head, { left: -0.65, right: 0.65, top: -0.75, bottom: 0.75 }, (x, y, under) => {
    const distance = faceDistance(spec.face, x, y);
    const bright = 0.38 * strength * clamp01(1 - Math.abs(distance - 0.93) / 0.065);
    const dark = 0.3 * strength * clamp01(1 - Math.abs(distance - 1.05) / 0.055);
    if (bright + dark === 0) return 0;
    for (let c = 0; c < 3; c++) under[c] = (under[c] ?? 0) + bright - dark;
    return 1;
  });
}
