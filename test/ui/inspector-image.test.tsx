// @vitest-environment happy-dom
import { act, useState } from 'react';
import { describe, expect, it } from 'vitest';
import { ImageFrame } from '../../src/features/inspector/image/ImageStage.tsx';
import { seenSquare, shownSize } from '../../src/features/inspector/image/picture-frame.ts';
import { inside, readView, WHOLE_IMAGE, writeView, zoomed } from '../../src/features/inspector/image/image-view.ts';
import { useImageView } from '../../src/features/inspector/image/use-image-view.ts';
import { render } from './render.tsx';

const PHOTO = { width: 4032, height: 3024 };
describe('the view in an address', () => {
  it('is the same after writing and reading, to a ten-thousandth, and is left out for the whole image', () => {
    expect(writeView(WHOLE_IMAGE)).toBeNull();
    for (const view of [
      { zoom: 2.5, x: 0.1, y: -0.25, isMirrored: false },
      { zoom: 64, x: -12.3457, y: 0, isMirrored: true },
      { ...WHOLE_IMAGE, isMirrored: true },
    ]) {
      expect(readView(writeView(view) ?? '')).toEqual(view);
    }
    expect(readView(writeView({ zoom: 1.5 ** 3, x: 1 / 3, y: 0, isMirrored: false }) ?? '')?.x).toBeCloseTo(1 / 3, 4);
  });

  it('of a picture that came back to all but its whole size is that of the whole', () => {
    expect(writeView({ zoom: 1.0000000000000002, x: 0.25, y: 0, isMirrored: false })).toBeNull();
    expect(writeView({ zoom: 1.00004, x: 0, y: 0, isMirrored: true })).toBe('mirrored');
  });

  it('is nothing where the text is none, and is moved back to the picture where it shows nothing of it', () => {
    for (const text of ['', '2', '2,0', '1,0.2,0', '65,0,0', '-2,0,0', 'NaN,0,0', '2,,0', '2,0,0,0', 'left']) {
      expect(readView(text)).toBeNull();
    }
    const far = readView('2,50,-50');
    expect(far && inside(far, { width: 200, height: 100 })).toEqual({ zoom: 2, x: 1, y: -0.5, isMirrored: false });
  });
});

const VIEW = { zoom: 1, x: 0, y: 0, isMirrored: false };

function Frame({ orientation, isAsStored, width, height }: { orientation: number; isAsStored: boolean; width: number; height: number }) {
  const control = useImageView(useState(WHOLE_IMAGE), { width, height }, () => 400);
  return (
    <ImageFrame
      url="blob:x"
      path="a.jpg"
      width={width}
      height={height}
      orientation={orientation}
      isAsStored={isAsStored}
      control={control}
    />
  );
}

/** Style of the box around the picture. */
async function boxOf(props: Parameters<typeof Frame>[0]): Promise<CSSStyleDeclaration> {
  const { container } = await render(<Frame {...props} />);
  const box = container.querySelector('img')?.parentElement;
  if (!box) throw new Error('no picture');
  return box.style;
}

describe('a picture in its frame', () => {
  it('is whole: a tall one is as high as the frame and narrower', async () => {
    const box = await boxOf({ width: 37, height: 211, orientation: 1, isAsStored: false });
    expect(Number.parseFloat(box.width)).toBeCloseTo((100 * 37) / 211, 4);
    expect(box.aspectRatio).toBe('37 / 211');
  });

  it('that EXIF turns is as large upright as it is as stored', async () => {
    const upright = await boxOf({ ...PHOTO, orientation: 6, isAsStored: false });
    expect([upright.width, upright.aspectRatio]).toEqual(['75%', '3024 / 4032']);
    const stored = await boxOf({ ...PHOTO, orientation: 6, isAsStored: true });
    expect([stored.width, stored.aspectRatio]).toEqual(['100%', '4032 / 3024']);
    expect(shownSize(PHOTO, 3, false)).toEqual(PHOTO); // turned upside down is no other size
  });

  it('gives models its middle square', () => {
    expect(seenSquare(PHOTO)).toEqual({ left: 504, top: 0, side: 3024 });
    expect(seenSquare({ width: 37, height: 211 })).toEqual({ left: 0, top: 87, side: 37 });
  });
});

describe('zooming', () => {
  it('keeps the place under the pointer where it is', () => {
    const at = { x: 0.2, y: -0.1 };
    const once = zoomed(VIEW, 2, PHOTO, at);
    const twice = zoomed(once, 5, PHOTO, at);
    // The point of the picture under the pointer, before and after.
    for (const view of [once, twice]) {
      expect((at.x - view.x) / view.zoom).toBeCloseTo(at.x, 10);
      expect((at.y - view.y) / view.zoom).toBeCloseTo(at.y, 10);
    }
  });

  it('never loses a narrow picture at the side', () => {
    const moved = zoomed({ ...VIEW, zoom: 2, x: 0.9, y: 0.9 }, 4, { width: 50, height: 100 });
    expect(moved).toMatchObject({ x: 1, y: 1.8 });
  });

  it('by wheel lets the page scroll while the picture is whole, and holds it once it is zoomed', async () => {
    const { container } = await render(<Frame {...PHOTO} orientation={1} isAsStored />);
    const frame = container.querySelector('[data-image-frame]');
    const wheel = async (ctrlKey: boolean): Promise<boolean> => {
      const event = Object.assign(new Event('wheel', { bubbles: true, cancelable: true }), {
        deltaY: -100,
        ctrlKey,
        clientX: 0,
        clientY: 0,
      });
      await act(async () => void frame?.dispatchEvent(event));
      return event.defaultPrevented;
    };
    expect(await wheel(false)).toBe(false);
    expect(frame?.hasAttribute('data-zoomed')).toBe(false);
    expect(await wheel(true)).toBe(true);
    expect(frame?.hasAttribute('data-zoomed')).toBe(true);
    expect(await wheel(false)).toBe(true);
  });
});
