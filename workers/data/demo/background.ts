// The wall behind the head (straight unless warped), neck and clothes.
import { paint, placement, setColour, EVERYWHERE, UPRIGHT, type Canvas } from './canvas.ts';
import { clamp01, ellipse, mix, smoothNoise, step, wave } from './shape.ts';
import type { PortraitSpec } from './spec.ts';

/** A line of relative width `width` at every whole number, 1 on the line. */
function lineAt(position: number, width: number): number {
  const distance = Math.abs(position - Math.floor(position + 0.5));
  return step(width, width * 0.5, distance);
}

/** Brightness of the wall pattern in -1..1; `along` runs with the stripes, `across` over them, one unit per period. */
function wallPattern(pattern: PortraitSpec['background']['pattern'], along: number, across: number): number {
  if (pattern === 'stripes') return clamp01(0.5 + 3.2 * wave(across)) * 2 - 1;
  if (pattern === 'tiles') return 0.45 - 1.5 * Math.max(lineAt(across, 0.09), lineAt(along, 0.09));
  const board = Math.floor(across + 0.5);
  return (
    0.35 * wave(board * 0.37 + 0.1) + 0.12 * wave(across * 3 + 0.5 * wave(along * 0.4 + board * 0.3)) - 1.3 * lineAt(across + 0.5, 0.08)
  );
}

/** Draws the wall; the artefact bends its straight lines into waves. */
export function drawBackground(canvas: Canvas, spec: PortraitSpec): void {
  const { pattern, vertical, period, colour, contrast, waves, phase } = spec.background;
  const sway = 0.14 * spec.artefacts.background;
  const lightX = spec.light.side * spec.light.strength;
  paint(canvas, UPRIGHT, EVERYWHERE, (x, y, under) => {
    const warpedX = x + sway * wave(waves * y + phase);
    const warpedY = y + sway * wave(waves * x + phase * 2);
    const across = (vertical ? warpedX : warpedY) / period + phase;
    const along = (vertical ? warpedY : warpedX) / period;
    const shade = 1 + 0.14 * lightX * x - 0.12 * y + 0.5 * contrast * wallPattern(pattern, along, across);
    setColour(under, colour, shade);
    return 1;
  });
}

function drawNeck(canvas: Canvas, spec: PortraitSpec): void {
  const { skin, halfHeight } = spec.face;
  const centre = spec.pose.x * 0.8;
  paint(canvas, UPRIGHT, { left: centre - 0.3, right: centre + 0.3, top: 0.3, bottom: 1 }, (x, y, under) => {
    const width = 0.2 + 0.12 * step(0.6, 0.8, y);
    const underChin = step(halfHeight + 0.16, halfHeight - 0.02, y - spec.pose.y);
    setColour(under, skin, (0.86 - 0.3 * underChin) * (1 + 0.25 * spec.light.side * spec.light.strength * (x - centre)));
    return step(width + 0.015, width - 0.015, Math.abs(x - centre));
  });
}

function drawClothes(canvas: Canvas, spec: PortraitSpec): void {
  const { colour, collar } = spec.clothes;
  const place = placement(spec.pose.x * 0.7, 0.98, 0);
  paint(canvas, place, { left: -1, right: 1, top: -0.45, bottom: 1 }, (x, y, under) => {
    const fold = 0.05 * wave(2.4 * x + 0.6 * y) + 0.03 * smoothNoise(x * 9, y * 9, spec.seed ^ 11);
    const hem = step(0.03, 0.006, Math.abs(y + 0.38 - Math.max(0, collar - Math.abs(x) * 1.1)));
    setColour(
      under,
      colour,
      mix(0.92 + fold + 0.2 * spec.light.side * spec.light.strength * x, 0.62, hem * step(collar + 0.1, collar, Math.abs(x))),
    );
    const shoulders = step(1.015, 0.985, ellipse(x, y, 0.86, 0.4));
    const neckline = step(-0.38, -0.36, y - Math.max(0, collar - Math.abs(x) * 1.1));
    return shoulders * neckline;
  });
}

/** Draws neck and clothes below the face. */
export function drawBody(canvas: Canvas, spec: PortraitSpec): void {
  drawNeck(canvas, spec);
  drawClothes(canvas, spec);
}
