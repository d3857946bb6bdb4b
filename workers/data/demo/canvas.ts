// A float picture that layers are mixed into, with frame coordinates: the centre is (0, 0), x right, y down, the edge
// of the picture at FRAME. Knows nothing about faces.
import { clamp01, type Rgb } from './shape.ts';

/** Half the side of the picture in frame units. */
export const FRAME = 0.78;

export interface Canvas {
  /** Side in pixels. */
  size: number;
  /** [size, size, 3] row-major, 0..1. */
  rgb: Float32Array;
}

/** Where a layer's own coordinates lie in the frame: origin and rotation. */
export interface Placement {
  x: number;
  y: number;
  cos: number;
  sin: number;
}

export const UPRIGHT: Placement = { x: 0, y: 0, cos: 1, sin: 0 };

/** A placement turned by a small angle (below about 0.5 rad), by a series so that it is the same everywhere. */
export function placement(x: number, y: number, angle: number): Placement {
  const square = angle * angle;
  const sin = angle * (1 - (square / 6) * (1 - square / 20));
  return { x, y, cos: Math.sqrt(1 - sin * sin), sin };
}

/** The part of a layer that can be visible, in its own coordinates. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const EVERYWHERE: Box = { left: -9, top: -9, right: 9, bottom: 9 };

/**
 * Colours one point of a layer.
 * @param under the colour below; overwritten with the layer's colour
 * @returns opacity 0..1
 */
export type Shader = (x: number, y: number, under: Rgb) => number;

export function createCanvas(size: number): Canvas {
  return { size, rgb: new Float32Array(size * size * 3) };
}

/** Pixel range [first, end) that covers frame coordinates low..high. */
function pixelRange(size: number, low: number, high: number): [number, number] {
  const toPixel = size / (2 * FRAME);
  return [Math.max(0, Math.floor((low + FRAME) * toPixel)), Math.min(size, Math.ceil((high + FRAME) * toPixel) + 1)];
}

/** The box that holds a rotated box, in frame coordinates. */
function frameBox(box: Box, { x, y, cos, sin }: Placement): Box {
  const centreX = (box.left + box.right) / 2;
  const centreY = (box.top + box.bottom) / 2;
  const halfWidth = (box.right - box.left) / 2;
  const halfHeight = (box.bottom - box.top) / 2;
  const reachX = Math.abs(cos) * halfWidth + Math.abs(sin) * halfHeight;
  const reachY = Math.abs(sin) * halfWidth + Math.abs(cos) * halfHeight;
  const frameX = x + cos * centreX - sin * centreY;
  const frameY = y + sin * centreX + cos * centreY;
  return { left: frameX - reachX, right: frameX + reachX, top: frameY - reachY, bottom: frameY + reachY };
}

/** Mixes a layer into the canvas. */
export function paint(canvas: Canvas, place: Placement, box: Box, shade: Shader): void {
  const { size, rgb } = canvas;
  const bounds = frameBox(box, place);
  const [firstColumn, endColumn] = pixelRange(size, bounds.left, bounds.right);
  const [firstRow, endRow] = pixelRange(size, bounds.top, bounds.bottom);
  const toFrame = (2 * FRAME) / size;
  const colour: Rgb = [0, 0, 0];
  for (let row = firstRow; row < endRow; row++) {
    const dy = (row + 0.5) * toFrame - FRAME - place.y;
    for (let column = firstColumn; column < endColumn; column++) {
      const dx = (column + 0.5) * toFrame - FRAME - place.x;
      const at = (row * size + column) * 3;
      const red = rgb[at] ?? 0;
      const green = rgb[at + 1] ?? 0;
      const blue = rgb[at + 2] ?? 0;
      colour[0] = red;
      colour[1] = green;
      colour[2] = blue;
      const alpha = shade(place.cos * dx + place.sin * dy, place.cos * dy - place.sin * dx, colour);
      rgb[at] = red + (colour[0] - red) * alpha;
      rgb[at + 1] = green + (colour[1] - green) * alpha;
      rgb[at + 2] = blue + (colour[2] - blue) * alpha;
    }
  }
}

/** Sets `target` to a colour times a brightness. */
export function setColour(target: Rgb, [red, green, blue]: Readonly<Rgb>, brightness = 1): void {
  target[0] = red * brightness;
  target[1] = green * brightness;
  target[2] = blue * brightness;
}

/** Rounds to bytes. @returns [size, size, 3] row-major */
export function toBytes({ rgb }: Canvas): Uint8Array {
  const bytes = new Uint8Array(rgb.length);
  for (let i = 0; i < rgb.length; i++) bytes[i] = Math.floor(clamp01(rgb[i] ?? 0) * 255 + 0.5);
  return bytes;
}
