// How a picture is looked at: zoom, place, mirrored, pixels. Several stages can share one, so that they move together.
import type { PointerEvent, WheelEvent } from 'react';
import { useRef, useState } from 'react';

/** `x`, `y`: how far the picture is moved, in shares of its own side. */
export interface ImageView {
  zoom: number;
  x: number;
  y: number;
  isMirrored: boolean;
}

export interface ImageViewControl {
  view: ImageView;
  zoomBy: (factor: number) => void;
  reset: () => void;
  mirror: () => void;
  /** In shares of what is seen. */
  pan: (right: number, down: number) => void;
  /** Pixel view, and back to the whole image from it. */
  togglePixels: () => void;
  /** For the frame of a stage. */
  handlers: {
    onWheel: (event: WheelEvent) => void;
    onDoubleClick: () => void;
    onPointerDown: (event: PointerEvent) => void;
    onPointerMove: (event: PointerEvent) => void;
    onPointerUp: () => void;
  };
}

const HOME: ImageView = { zoom: 1, x: 0, y: 0, isMirrored: false };
const MAX_ZOOM = 64;
/** From this zoom on pixels are drawn as squares and can be read. */
export const PIXEL_ZOOM = 2;
/** Screen pixels for one of the picture in the pixel view. */
const PIXEL_SIZE = 8;

/** The same view at another zoom; the middle stays, and the whole image lies in the middle. */
export function zoomed(view: ImageView, zoom: number): ImageView {
  const next = Math.min(MAX_ZOOM, Math.max(1, zoom));
  if (next === 1) return { ...HOME, isMirrored: view.isMirrored };
  return inside({ ...view, zoom: next, x: (view.x * next) / view.zoom, y: (view.y * next) / view.zoom });
}

/** Keeps part of the picture in sight. */
function inside(view: ImageView): ImageView {
  const most = view.zoom / 2;
  const clamp = (value: number): number => Math.min(most, Math.max(-most, value));
  return { ...view, x: clamp(view.x), y: clamp(view.y) };
}

/** @param longSide of the picture, pixels; frameSide of the stage, CSS pixels, when it is asked for */
export function useImageView(longSide: number, frameSide: () => number): ImageViewControl {
  const [view, setView] = useState(HOME);
  const drag = useRef<{ x: number; y: number; side: number; from: ImageView } | null>(null);
  const zoomBy = (factor: number) => setView((old) => zoomed(old, old.zoom * factor));
  const pixelZoom = () => Math.max(PIXEL_ZOOM, (PIXEL_SIZE * longSide) / Math.max(1, frameSide()));
  return {
    view,
    zoomBy,
    reset: () => setView(HOME),
    mirror: () => setView((old) => ({ ...old, isMirrored: !old.isMirrored })),
    pan: (right, down) => setView((old) => (old.zoom === 1 ? old : inside({ ...old, x: old.x - right, y: old.y - down }))),
    togglePixels: () => setView((old) => zoomed(old, old.zoom === 1 ? pixelZoom() : 1)),
    handlers: {
      onWheel: (event) => zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2),
      onDoubleClick: () => setView((old) => zoomed(old, old.zoom > 1 ? 1 : 3)),
      onPointerDown: (event) => {
        if (view.zoom === 1) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, y: event.clientY, side: event.currentTarget.clientWidth, from: view };
      },
      onPointerMove: (event) => {
        const { current } = drag;
        if (!current) return;
        const [dx, dy] = [(event.clientX - current.x) / current.side, (event.clientY - current.y) / current.side];
        setView((old) => inside({ ...old, x: current.from.x + dx, y: current.from.y + dy }));
      },
      onPointerUp: () => {
        drag.current = null;
      },
    },
  };
}
