// Eyes and brows. The artefact makes one eye differ: another iris, gaze and size, and no catchlight.
import { paint, setColour, type Canvas, type Placement } from './canvas.ts';
import { ellipse, mix, step, type Rgb } from './shape.ts';
import type { PortraitSpec } from './spec.ts';

/** One eye as drawn. */
interface Eye {
  x: number;
  y: number;
  halfWidth: number;
  halfHeight: number;
  iris: Rgb;
  gazeX: number;
  gazeY: number;
  catchlight: number;
}

const EYE_HEIGHT = -0.07;
const IRIS_RADIUS = 0.066;

function mixColour(from: Rgb, to: Rgb, share: number): Rgb {
  return [mix(from[0], to[0], share), mix(from[1], to[1], share), mix(from[2], to[2], share)];
}

/** The eye on one side; strength 0 gives the natural one. */
function describeEye(spec: PortraitSpec, side: number): Eye {
  const { eyes, pose } = spec;
  const strength = eyes.oddSide === side ? spec.artefacts.eyes : 0;
  const differs = Math.min(1, strength * 1.6);
  const larger = 1 + 0.28 * strength;
  return {
    x: side * (eyes.distance + 0.02 * strength) + pose.yaw * 0.8,
    y: EYE_HEIGHT - 0.045 * strength,
    halfWidth: eyes.halfWidth * (1 + 0.12 * strength),
    halfHeight: eyes.halfHeight * larger,
    iris: mixColour(eyes.iris, eyes.oddIris, differs),
    gazeX: eyes.gaze + side * 0.06 * strength,
    gazeY: -0.035 * strength,
    catchlight: 1 - differs,
  };
}

/** Colour inside the lids: white, iris with a dark rim, pupil, catchlight. */
function shadeEyeball(eye: Eye, lightSide: number, x: number, y: number, out: Rgb): void {
  const white = 0.94 - 0.25 * step(-0.2, -0.9, y / eye.halfHeight) - 0.1 * Math.abs(x / eye.halfWidth);
  out[0] = white;
  out[1] = white * 0.98;
  out[2] = white * 0.97;
  const ix = x - eye.gazeX;
  const iy = y - eye.gazeY;
  const radius = ellipse(ix, iy, IRIS_RADIUS, IRIS_RADIUS);
  const inIris = step(1.12, 0.92, radius);
  const tone = (0.9 + 0.35 * step(-0.4, 0.6, iy / IRIS_RADIUS)) * (1 - 0.5 * step(0.72, 1, radius));
  const pupil = step(0.5, 0.36, radius);
  const glint = eye.catchlight * step(1.2, 0.7, ellipse(ix - 0.024 * lightSide, iy + 0.024, 0.02, 0.02));
  for (let c = 0; c < 3; c++) {
    const colour = mix(mix(out[c] ?? 0, (eye.iris[c] ?? 0) * tone, inIris), 0.03, pupil * inIris);
    out[c] = mix(colour, 1, glint);
  }
}

function drawEye(canvas: Canvas, spec: PortraitSpec, head: Placement, side: number): void {
  const eye = describeEye(spec, side);
  const { x: cx, y: cy, halfWidth, halfHeight } = eye;
  const box = { left: cx - 0.19, right: cx + 0.19, top: cy - 0.17, bottom: cy + 0.16 };
  const line: Rgb = [spec.face.skin[0] * 0.3, spec.face.skin[1] * 0.24, spec.face.skin[2] * 0.22];
  paint(canvas, head, box, (px, py, under) => {
    const x = px - cx;
    const y = py - cy + 0.06 * side * x;
    const across = x / halfWidth;
    const arch = 1 - across * across;
    const lid = y + halfHeight * arch;
    const lash = step(0.026, 0.01, Math.abs(lid)) * step(1.12, 0.98, Math.abs(across));
    const crease = 0.35 * step(0.022, 0.008, Math.abs(lid + 0.035)) * step(1.05, 0.8, Math.abs(across));
    const open = step(0.01, -0.006, Math.abs(y) - halfHeight * arch);
    if (open > 0) {
      shadeEyeball(eye, spec.light.side, x, y, under);
      for (let c = 0; c < 3; c++) under[c] = mix(under[c] ?? 0, line[c] ?? 0, lash);
      return Math.max(open, lash);
    }
    setColour(under, line);
    return Math.max(lash, crease);
  });
}

function drawBrow(canvas: Canvas, spec: PortraitSpec, head: Placement, side: number): void {
  const { thickness, arch, height } = spec.brows;
  const cx = side * spec.eyes.distance + spec.pose.yaw * 0.8;
  const cy = EYE_HEIGHT - height;
  paint(canvas, head, { left: cx - 0.2, right: cx + 0.2, top: cy - 0.12, bottom: cy + 0.1 }, (px, py, under) => {
    const across = (px - cx) / 0.155;
    const outward = across * side;
    const y = py - cy + arch * (1 - across * across) - 0.02 * outward;
    const width = thickness * (1 - 0.45 * Math.max(0, outward)) * step(1.08, 0.7, Math.abs(across));
    setColour(under, spec.hair.colour, 0.75);
    return 0.85 * step(width + 0.01, width - 0.012, Math.abs(y)) * step(1.1, 0.95, Math.abs(across));
  });
}

/** Draws both eyes and brows. */
export function drawEyes(canvas: Canvas, spec: PortraitSpec, head: Placement): void {
  for (const side of [-1, 1]) {
    drawEye(canvas, spec, head, side);
    drawBrow(canvas, spec, head, side);
  }
}
