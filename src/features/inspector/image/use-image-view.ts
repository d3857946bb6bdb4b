// Looking at a picture with pointer and keys: zoom, place, mirrored, pixels. Several stages can share one view, so that they move together.
import type { Dispatch, PointerEvent, SetStateAction } from 'react';
import { useRef } from 'react';
import { inside, PIXEL_ZOOM, WHOLE_IMAGE, zoomed, type FramePlace, type ImageView } from './image-view.ts';
import type { PictureSize } from './picture-frame.ts';

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
    onPointerCancel: () => void;
  };
}

/** Screen pixels for one of the picture in the pixel view. */
const PIXEL_SIZE = 8;

/**
 * @param state where the view is held
 * @param size of the picture as shown, pixels; frameSide of the stage, CSS pixels, when it is asked for
 */
export function useImageView(
  [view, setView]: readonly [ImageView, Dispatch<SetStateAction<ImageView>>],
  size: PictureSize,
  frameSide: () => number,
): ImageViewControl {
  const drag = useRef<{ x: number; y: number; side: number; from: ImageView } | null>(null);
  const pixelZoom = () => Math.max(PIXEL_ZOOM, (PIXEL_SIZE * Math.max(size.width, size.height)) / Math.max(1, frameSide()));
  const endDrag = () => {
    drag.current = null;
  };
  return {
    view,
    zoomBy: (factor, at) => setView((old) => zoomed(old, old.zoom * factor, size, at)),
    reset: () => setView(WHOLE_IMAGE),
    mirror: () => setView((old) => ({ ...old, isMirrored: !old.isMirrored })),
    pan: (right, down) => setView((old) => (old.zoom === 1 ? old : inside({ ...old, x: old.x - right, y: old.y - down }, size))),
    togglePixels: () => setView((old) => zoomed(old, old.zoom === 1 ? pixelZoom() : 1, size)),
    handlers: {
      onDoubleClick: () => setView((old) => zoomed(old, old.zoom > 1 ? 1 : 3, size)),
      onPointerDown: (event) => {
        if (view.zoom === 1 || event.button !== 0) return; // another button opens a menu
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, y: event.clientY, side: event.currentTarget.clientWidth, from: view };
      },
      onPointerMove: (event) => {
        const { current } = drag;
        if (!current) return;
        const [dx, dy] = [(event.clientX - current.x) / current.side, (event.clientY - current.y) / current.side];
        setView((old) => inside({ ...old, x: current.from.x + dx, y: current.from.y + dy }, size));
      },
      onPointerUp: endDrag,
      onPointerCancel: endDrag,
    },
  };
}
