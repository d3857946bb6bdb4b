// @vitest-environment happy-dom
import { act, useState } from 'react';
import { expect, it } from 'vitest';
import { RegionFields } from '../../src/features/inspector/image/RegionPicker.tsx';
import { render } from './render.tsx';

it('a number can be deleted and typed anew; the field shows what counts once it is left', async () => {
  let width = 0;
  function Fields() {
    const [region, setRegion] = useState({ left: 0, top: 0, width: 90, height: 10 });
    ({ width } = region);
    return <RegionFields width={100} height={100} region={region} onChange={setRegion} />;
  }
  const { container } = await render(<Fields />);
  const field = container.querySelectorAll('input')[2];
  if (!field) throw new Error('no field');
  const type = (text: string) =>
    act(async () => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  await type('9');
  await type('');
  expect(field.value).toBe('');
  expect(width).toBe(9);
  await type('8');
  await type('85');
  expect([field.value, width]).toEqual(['85', 85]);
  await type('850');
  expect([field.value, width]).toEqual(['850', 100]);
  await act(async () => field.dispatchEvent(new FocusEvent('focusout', { bubbles: true })));
  expect(field.value).toBe('100');
});
