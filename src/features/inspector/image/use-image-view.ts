// How a picture is looked at: zoom, place, mirrored, pixels. Several stages can share one, so that they move together.
import type { PointerEvent } from 'react';
import { useRef, useState } from 'react';
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

export interface ImageViewControl {
  view: ImageView;
  /** @param at stays where it is; the middle by default */
  zoomBy: (factor: number, at?: FramePlace) => void;
  reset: () => void;
  mirror: () => void;
  /** In shares of what is seen. */
  pan: (right: number, down: number) => void;
  /** Pixel view, and back to the whole image from it. */
  togglePixels: () => void;
  /** For the frame of a stage. */
  handlers: {
    onDoubleClick: () => void;
    onPointerDown: (event: PointerEvent) => void;
    onPointerMove: (event: PointerEvent) => void;
    onPointerUp: () => void;
  };
}

const HOME: ImageView = { zoom: 1, x: 0, y: 0, isMirrored: false };
const MIDDLE: FramePlace = { x: 0, y: 0 };
const MAX_ZOOM = 64;
/** From this zoom on pixels are drawn as squares and can be read. */
export const PIXEL_ZOOM = 2;
/** Screen pixels for one of the picture in the pixel view. */
const PIXEL_SIZE = 8;

/** The same view at another zoom; what lies at `at` stays there, and the whole image lies in the middle. */
export function zoomed(view: ImageView, zoom: number, size: PictureSize, at: FramePlace = MIDDLE): ImageView {
  const next = Math.min(MAX_ZOOM, Math.max(1, zoom));
  if (next === 1) return { ...HOME, isMirrored: view.isMirrored };
  const grown = next / view.zoom;
  return inside({ ...view, zoom: next, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown }, size);
}

/** Keeps part of the picture in the middle of the frame. */
function inside(view: ImageView, size: PictureSize): ImageView {
  const { across, down } = shareOfFrame(size);
  const clamp = (value: number, most: number): number => Math.min(most, Math.max(-most, value));
  return { ...view, x: clamp(view.x, (view.zoom * across) / 2), y: clamp(view.y, (view.zoom * down) / 2) };
}

/** @param size of the picture as shown, pixels; frameSide of the stage, CSS pixels, when it is asked for */
export function useImageView(size: PictureSize, frameSide: () => number): ImageViewControl {
  const [view, setView] = useState(HOME);
  const drag = useRef<{ x: number; y: number; side: number; from: ImageView } | null>(null);
  const pixelZoom = () => Math.max(PIXEL_ZOOM, (PIXEL_SIZE * Math.max(size.width, size.height)) / Math.max(1, frameSide()));
  return {
    view,
    zoomBy: (factor, at) => setView((old) => zoomed(old, old.zoom * factor, size, at)),
    reset: () => setView(HOME),
    mirror: () => setView((old) => ({ ...old, isMirrored: !old.isMirrored })),
    pan: (right, down) => setView((old) => (old.zoom === 1 ? old : inside({ ...old, x: old.x - right, y: old.y - down }, size))),
    togglePixels: () => setView((old) => zoomed(old, old.zoom === 1 ? pixelZoom() : 1, size)),
    handlers: {
      onDoubleClick: () => setView((old) => zoomed(old, old.zoom > 1 ? 1 : 3, size)),
      onPointerDown: (event) => {
        if (view.zoom === 1) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, y: event.clientY, side: event.currentTarget.clientWidth, from: view };
      },
      onPointerMove: (event) => {
        const { current } = drag;
        if (!current) return;
        const [dx, dy] = [(event.clientX - current.x) / current.side, (event.clientY - current.y) / current.side];
        setView((old) => inside({ ...old, x: current.from.x + dx, y: current.from.y + dy }, size));
      },
      onPointerUp: () => {
        drag.current = null;
      },
    },
  };
}
