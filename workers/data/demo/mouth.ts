// Lips and teeth. The artefact tilts the mouth, loses the gaps between the teeth and adds dark blotches.
import { paint, placement, setColour, type Canvas, type Placement } from './canvas.ts';
import { mix, smoothNoise, step, wave, type Rgb } from './shape.ts';
import type { PortraitSpec } from './spec.ts';

const MOUTH_HEIGHT = 0.345;

/** The mouth's own placement: on the head, tilted where the artefact is drawn. */
function mouthPlacement(spec: PortraitSpec, head: Placement): Placement {
  const x = spec.pose.yaw * 0.9;
  const angle = spec.pose.tilt + 0.38 * spec.mouth.tiltSide * Math.min(1.1, spec.artefacts.mouth);
  return placement(head.x + head.cos * x - head.sin * MOUTH_HEIGHT, head.y + head.sin * x + head.cos * MOUTH_HEIGHT, angle);
}

/** Teeth with gaps, darker to the corners. */
function toothShade(across: number, gaps: number): number {
  const gap = step(0.8, 1, Math.abs(wave(across * 2.4 + 0.25)));
  return 0.95 - 0.3 * across * across - 0.3 * gaps * gap;
}

/** Draws the mouth. */
export function drawMouth(canvas: Canvas, spec: PortraitSpec, head: Placement): void {
  const { halfWidth, smile, open, lips } = spec.mouth;
  const strength = Math.min(1.1, spec.artefacts.mouth);
  const dark: Rgb = [0.22, 0.07, 0.07];
  const box = { left: -0.26, right: 0.26, top: -0.18, bottom: 0.18 };
  paint(canvas, mouthPlacement(spec, head), box, (x, y, under) => {
    const across = x / halfWidth;
    const round = Math.max(0, 1 - across * across);
    const line = y + smile * (across * across - 0.4);
    const bow = 0.012 * wave(across * 0.8 + 0.5) * wave(across * 0.8 + 0.5);
    const gap = open * round;
    const upper = line + gap * 0.8;
    const lower = line - gap;
    const upperLip = step(-0.052 * Math.sqrt(round) - 0.008, -0.046 * Math.sqrt(round) + 0.004, upper - bow);
    const lowerLip = step(0.068 * Math.sqrt(round) + 0.008, 0.06 * Math.sqrt(round) - 0.004, lower);
    const inside = step(0.006, -0.006, Math.abs(line + 0.1 * gap) - gap * 0.9);
    const gloss = 1 + 0.16 * step(0.035, 0.01, Math.abs(lower - 0.03)) - 0.12 * step(0, -0.05, upper);
    setColour(under, lips, gloss);
    const tooth = toothShade(across, 1 - Math.min(1, strength * 1.4)) * step(0.7, 0.4, (line - gap * 0.2) / Math.max(0.01, gap));
    for (let c = 0; c < 3; c++) under[c] = mix(under[c] ?? 0, mix(dark[c] ?? 0, 0.97, tooth), inside);
    const blotch = strength * step(0.05, 0.4, smoothNoise(x * 17, y * 17, spec.seed ^ 41));
    for (let c = 0; c < 3; c++) under[c] = mix(under[c] ?? 0, dark[c] ?? 0, 0.75 * blotch);
    return upperLip * lowerLip * step(1.03, 0.97, Math.abs(across));
  });
}
