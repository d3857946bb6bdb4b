// The value of one pixel in the pixel view: of the one under the pointer, else of the one in the middle, which the arrow keys move.
import { useEffect, useState, type RefObject } from 'react';
import { hexColour, pixelAt } from './pixel-at.ts';
import type { ImageView } from './image-view.ts';
import styles from './ImageStage.module.css';

/** Where the pointer is on the screen; null: not over the picture. */
export type PointerPlace = { x: number; y: number } | null;

interface Pixel {
  x: number;
  y: number;
  /** As the browser draws it, 0..255. */
  rgb: [number, number, number];
}

/** One pixel of an image that is drawn already; null beside it and while it is read. */
function readPixel(frame: HTMLElement, pointer: PointerPlace, isMirrored: boolean): Pixel | null {
  const image = frame.querySelector('img');
  if (!image?.complete || image.naturalWidth === 0) return null;
  const middle = frame.getBoundingClientRect();
  const point = pointer ?? { x: middle.left + middle.width / 2, y: middle.top + middle.height / 2 };
  const shown = { box: image.getBoundingClientRect(), width: image.naturalWidth, height: image.naturalHeight, isMirrored };
  const found = pixelAt(point, shown);
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!found || !context) return null;
  context.drawImage(image, -found.x, -found.y);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return { ...found, rgb: [red, green, blue] };
}

export interface PixelReadoutProps {
  /** Around the frame of the picture. */
  frame: RefObject<HTMLElement | null>;
  view: ImageView;
  pointer: PointerPlace;
}

/** Place and colour; spoken only when keys move the picture. */
export function PixelReadout({ frame, view, pointer }: PixelReadoutProps) {
  const [pixel, setPixel] = useState<Pixel | null>(null);
  useEffect(() => {
    const read = () => setPixel(frame.current && readPixel(frame.current, pointer, view.isMirrored));
    const image = frame.current?.querySelector('img');
    image?.addEventListener('load', read);
    const asked = requestAnimationFrame(read); // after the picture has moved on the screen
    return () => {
      cancelAnimationFrame(asked);
      image?.removeEventListener('load', read);
    };
  }, [frame, view, pointer]);
  const [red, green, blue] = pixel?.rgb ?? [];
  return (
    <p
      className={styles.pixel}
      aria-live={pointer ? 'off' : 'polite'}
      data-testid="pixel-readout"
      data-x={pixel?.x ?? ''}
      data-y={pixel?.y ?? ''}
      data-rgb={pixel?.rgb.join(' ') ?? ''}
    >
      {pixel ? (
        <>
          <span className={styles.swatch} style={{ background: hexColour(pixel.rgb) }} aria-hidden />x {pixel.x}, y {pixel.y}: red {red},
          green {green}, blue {blue} <code>{hexColour(pixel.rgb)}</code>
          <small>{pointer ? 'under the pointer' : 'in the middle; Shift and arrows move'}</small>
        </>
      ) : (
        'Beside the picture.'
      )}
    </p>
  );
}
