// The wheel over a picture: zooms at the pointer with Ctrl or once the picture is zoomed; else the page scrolls as it does elsewhere.
import { useEffect, useRef, type RefObject } from 'react';
import type { ImageViewControl } from './use-image-view.ts';

/** React listens to wheels passively, which cannot keep the page still; so the listener is put on by hand. */
export function useWheelZoom(frame: RefObject<HTMLElement | null>, control: ImageViewControl): void {
  const newest = useRef(control);
  useEffect(() => {
    newest.current = control;
  });
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const onWheel = (event: WheelEvent) => {
      const { view, zoomBy } = newest.current;
      if (view.zoom === 1 && !event.ctrlKey) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const at = { x: (event.clientX - box.left) / box.width - 0.5, y: (event.clientY - box.top) / box.height - 0.5 };
      zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2, at);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [frame]);
}
