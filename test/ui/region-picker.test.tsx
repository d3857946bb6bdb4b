// @vitest-environment happy-dom
import { act, useState } from 'react';
import { describe, expect, it } from 'vitest';
import { RegionPicker } from '../../src/features/inspector/image/RegionPicker.tsx';
import { patchGrid } from '../../src/features/inspector/tabs/edit-text.ts';
import type { Region } from '../../src/shared/image/rgb-image.ts';
import { render } from './render.tsx';

/** Its patches of 62.5 pixels have rounded edges. */
const PICTURE = { width: 250, height: 250 };

/** The picker of whole patches over a picture. */
async function mounted(first: Region) {
  let region = first;
  function Picking() {
    const [chosen, choose] = useState(first);
    region = chosen;
    return <RegionPicker url={null} {...PICTURE} region={chosen} grid={patchGrid(PICTURE, 4)} onChange={choose} />;
  }
  const { container } = await render(<Picking />);
  const press = async (key: string, shiftKey = false) => {
    await act(async () => container.querySelector('button')?.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true })));
    return [region.left, region.left + region.width, region.top, region.top + region.height];
  };
  const picker = container.querySelector<HTMLElement>('[data-testid=region-picker]');
  if (!picker) throw new Error('no picker');
  picker.setPointerCapture = () => undefined;
  picker.getBoundingClientRect = () => new DOMRect(0, 0, 250, 250);
  const point = (type: string, at: number, button = 0) =>
    act(async () => picker.dispatchEvent(new PointerEvent(type, { button, clientX: at, clientY: at, bubbles: true })));
  return { press, point, region: () => region };
}

describe('drawing a region', () => {
  it('is done with the first button, and ends where the browser takes the pointer away', async () => {
    const first = { left: 0, top: 0, width: 63, height: 63 };
    const { point, region } = await mounted(first);
    await point('pointerdown', 130, 2);
    await point('pointermove', 240, 2);
    expect(region()).toEqual(first);
    await point('pointerdown', 130);
    await point('pointermove', 180);
    const drawn = region();
    expect(drawn).toEqual({ left: 125, top: 125, width: 63, height: 63 });
    await point('pointercancel', 180);
    await point('pointermove', 10);
    expect(region()).toEqual(drawn);
  });
});

describe('whole patches under the arrow keys', () => {
  it('move by one patch and stay as large as they were', async () => {
    const { press } = await mounted({ left: 0, top: 0, width: 63, height: 63 });
    expect(await press('ArrowRight')).toEqual([63, 125, 0, 63]);
    expect(await press('ArrowRight')).toEqual([125, 188, 0, 63]);
    expect(await press('ArrowDown')).toEqual([125, 188, 63, 125]);
    expect(await press('ArrowRight')).toEqual([188, 250, 63, 125]);
    expect(await press('ArrowRight')).toEqual([188, 250, 63, 125]);
    expect(await press('ArrowLeft')).toEqual([125, 188, 63, 125]);
    expect(await press('ArrowLeft')).toEqual([63, 125, 63, 125]);
  });

  it('grow and shrink by one patch', async () => {
    const { press } = await mounted({ left: 63, top: 0, width: 62, height: 63 });
    expect(await press('ArrowRight', true)).toEqual([63, 188, 0, 63]);
    expect(await press('ArrowRight', true)).toEqual([63, 250, 0, 63]);
    expect(await press('ArrowLeft', true)).toEqual([63, 188, 0, 63]);
    expect(await press('ArrowLeft', true)).toEqual([63, 125, 0, 63]);
  });
});
