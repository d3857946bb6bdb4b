// Draws a portrait from its specification: the same bytes in Node and in every browser, no canvas element involved.
import type { RgbImage } from '../../../src/shared/image/rgb-image.ts';
import { createCanvas, placement, toBytes } from './canvas.ts';
import { drawBackground, drawBody } from './background.ts';
import { drawEyes } from './eyes.ts';
import { drawEars, drawFace, drawSeam, drawShadow } from './face.ts';
import { finish } from './finish.ts';
import { drawBackHair, drawFrontHair } from './hair.ts';
import { drawMouth } from './mouth.ts';
import type { PortraitSpec } from './spec.ts';

/** Side of a generated picture in pixels. */
export const PORTRAIT_SIZE = 128;

/** Draws the picture, back to front. */
export function renderPortrait(spec: PortraitSpec): RgbImage {
  const canvas = createCanvas(PORTRAIT_SIZE);
  const head = placement(spec.pose.x, spec.pose.y, spec.pose.tilt);
  drawBackground(canvas, spec);
  drawBackHair(canvas, spec, head);
  drawBody(canvas, spec);
  drawEars(canvas, spec, head);
  drawFace(canvas, spec, head);
  drawMouth(canvas, spec, head);
  drawEyes(canvas, spec, head);
  drawFrontHair(canvas, spec, head);
  drawSeam(canvas, spec, head);
  drawShadow(canvas, spec, head);
  return { width: PORTRAIT_SIZE, height: PORTRAIT_SIZE, data: toBytes(finish(canvas, spec)) };
}
