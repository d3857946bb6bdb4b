// @vitest-environment happy-dom
// What is moved in a tab of the inspector goes into the address when it rests: browsers refuse many changes of it in a short time.
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { WHOLE_IMAGE } from '../../src/features/inspector/image/image-view.ts';
import { ForensicTab } from '../../src/features/inspector/tabs/ForensicTab.tsx';
import { WhatIfTab } from '../../src/features/inspector/tabs/WhatIfTab.tsx';
import type { InspectAddress } from '../../src/features/inspector/use-address.ts';
import type { InspectionState } from '../../src/state/inspection-state.ts';
import { InspectionStore } from '../../src/state/inspection.ts';
import { someSample } from '../support/records.ts';
import { render } from './render.tsx';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SAMPLE = someSample({ datasetId: 'd', path: '1', width: 100, height: 100 });
const never = () => new Promise<never>(() => undefined);

/** A tab over an address, what it put there, and how to follow a link. */
async function mounted(tab: (address: InspectAddress) => React.ReactNode, parameters: Record<string, string>) {
  const patch = vi.fn();
  const over = (values: Record<string, string>) => (
    <InspectionStore.Provider store={createStore(() => ({ editPicture: never, drawView: never }) as unknown as InspectionState)}>
      {tab({ modelId: null, read: (name: string) => values[name] ?? null, patch } as unknown as InspectAddress)}
    </InspectionStore.Provider>
  );
  const { container, redraw } = await render(over(parameters));
  return {
    patch,
    container,
    follow: (values: Record<string, string>) => redraw(over(values)),
    rest: () => act(async () => vi.advanceTimersByTime(1000)),
  };
}

describe('a region of What if', () => {
  it('goes into the address once, when it rests, and follows a link', async () => {
    const tab = (address: InspectAddress) => (
      <WhatIfTab sample={SAMPLE} url={null} address={address} before={null} gridSize={null} onAskFirst={never} onSecond={() => undefined} />
    );
    const { patch, container, follow, rest } = await mounted(tab, { edit: 'crop::0,0,10,10' });
    const region = () => container.querySelector('[data-own-arrows]');
    const press = () => act(async () => region()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true })));
    for (let i = 0; i < 5; i++) await press();
    expect(region()?.getAttribute('aria-label')).toContain('10 × 10 pixels at 15, 0');
    expect(patch).not.toHaveBeenCalled();
    await rest();
    expect(patch).toHaveBeenCalledExactlyOnceWith({ edit: 'crop::15,0,10,10' });
    await follow({ edit: 'crop::20,30,40,50' });
    expect(region()?.getAttribute('aria-label')).toContain('40 × 50 pixels at 20, 30');
  });
});

describe('the gain of a forensic view', () => {
  it('goes into the address once, when it rests, and follows a link', async () => {
    const control = { view: WHOLE_IMAGE, handlers: {} } as never;
    const tab = (address: InspectAddress) => <ForensicTab sample={SAMPLE} address={address} control={control} onSecond={() => undefined} />;
    const { patch, container, follow, rest } = await mounted(tab, { view: 'noise', gain: '2' });
    const field = () => container.querySelector<HTMLInputElement>('input[type=number]');
    for (const text of ['3', '4', '5']) {
      await act(async () => {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field(), text);
        field()?.dispatchEvent(new Event('input', { bubbles: true }));
      });
    }
    await act(async () => field()?.dispatchEvent(new FocusEvent('focusout', { bubbles: true })));
    expect(field()?.value).toBe('5');
    expect(patch).not.toHaveBeenCalled();
    await rest();
    expect(patch).toHaveBeenCalledExactlyOnceWith({ gain: '5' });
    await follow({ view: 'noise', gain: '7' });
    expect(field()?.value).toBe('7');
  });
});
