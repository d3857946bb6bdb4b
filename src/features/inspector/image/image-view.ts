// How a picture is looked at: zoom, place, mirrored; and the same as a part of an address: `2.5,0.1,-0.25,mirrored`. Pure.
import { shareOfFrame, type PictureSize } from './picture-frame.ts';

/** `x`, `y`: how far the picture is moved, in shares of the frame's side. */
export interface ImageView {
  zoom: number;
  x: number;
  y: number;
  isMirrored: boolean;
}

/** A place in the frame, from its middle, in shares of its side. */
export interface FramePlace {
  x: number;
  y: number;
}

/** As it is first shown. */
export const WHOLE_IMAGE: ImageView = { zoom: 1, x: 0, y: 0, isMirrored: false };
const MIDDLE: FramePlace = { x: 0, y: 0 };
/** Largest magnification. */
export const MAX_ZOOM = 64;
/** From this zoom on pixels are drawn as squares and can be read. */
export const PIXEL_ZOOM = 2;

/** The same view at another zoom; what lies at `at` stays there, and the whole image lies in the middle. */
export function zoomed(view: ImageView, zoom: number, size: PictureSize, at: FramePlace = MIDDLE): ImageView {
  const next = Math.min(MAX_ZOOM, Math.max(1, zoom));
  if (next === 1) return { ...WHOLE_IMAGE, isMirrored: view.isMirrored };
  const grown = next / view.zoom;
  return inside({ ...view, zoom: next, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown }, size);
}

/** Keeps part of the picture in the middle of the frame. */
export function inside(view: ImageView, size: PictureSize): ImageView {
  const { across, down } = shareOfFrame(size);
  const clamp = (value: number, most: number): number => Math.min(most, Math.max(-most, value));
  return { ...view, x: clamp(view.x, (view.zoom * across) / 2), y: clamp(view.y, (view.zoom * down) / 2) };
}

const MIRRORED = 'mirrored';
/** Of zoom and place: a ten-thousandth of the frame is less than a pixel of it. */
const FINENESS = 10_000;

const isPlace = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

/** null for the whole image, not mirrored. */
export function writeView({ zoom, x, y, isMirrored }: ImageView): string | null {
  const [written, ...shift] = [zoom, x, y].map((value) => Math.round(value * FINENESS) / FINENESS);
  const place = written === 1 ? [] : [written, ...shift].map(String);
  const parts = [...place, ...(isMirrored ? [MIRRORED] : [])];
  return parts.length > 0 ? parts.join(',') : null;
}

/** null where the text is no view. */
export function readView(text: string): ImageView | null {
  const parts = text.split(',');
  const isMirrored = parts.at(-1) === MIRRORED;
  if (isMirrored) parts.pop();
  if (parts.length === 0) return { ...WHOLE_IMAGE, isMirrored };
  const [zoom, x, y] = parts.map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (parts.length !== 3 || !isPlace(zoom) || !isPlace(x) || !isPlace(y) || zoom <= 1 || zoom > MAX_ZOOM) return null;
  return { zoom, x, y, isMirrored };
}
