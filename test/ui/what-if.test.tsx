// @vitest-environment happy-dom
import { act } from 'react';
import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { readingOfAnswer } from '../../src/features/inspector/reading.ts';
import { ReadingTabs } from '../../src/features/inspector/tabs/ReadingTabs.tsx';
import { WhatIfTab } from '../../src/features/inspector/tabs/WhatIfTab.tsx';
import type { InspectAddress } from '../../src/features/inspector/use-address.ts';
import { DEFAULT_EVAL } from '../../src/shared/config/presets.ts';
import type { InspectionState } from '../../src/state/inspection-state.ts';
import { InspectionStore } from '../../src/state/inspection.ts';
import { someAnswer, someEval, someSample } from '../support/records.ts';
import { render } from './render.tsx';

const ADDRESS: InspectAddress = {
  modelId: null,
  compareId: null,
  tab: 'whatif',
  precision: 'f32',
  isGpu: false,
  from: null,
  runAtOnce: false,
  read: () => null,
  patch: () => undefined,
  query: '',
};

async function show(options: { isAnswered: boolean; gridSize: number | null; size?: number; read?: InspectAddress['read'] }) {
  const store = createStore(() => ({ editPicture: () => new Promise(() => undefined) }) as unknown as InspectionState);
  const answer = someAnswer({ evalId: 'e', sampleId: 'd/1' });
  const before = options.isAnswered ? readingOfAnswer({ answer, evaluation: someEval({ id: 'e' }) }) : null;
  const { find, container } = await render(
    <InspectionStore.Provider store={store}>
      <WhatIfTab
        sample={someSample({ datasetId: 'd', path: '1', width: options.size ?? 8, height: options.size ?? 8 })}
        url={null}
        address={{ ...ADDRESS, read: options.read ?? ADDRESS.read }}
        before={before}
        gridSize={options.gridSize}
        onAskFirst={() => undefined}
        onSecond={() => undefined}
      />
    </InspectionStore.Provider>,
  );
  const regionText = () => container.querySelector('[data-own-arrows]')?.getAttribute('aria-label');
  return {
    find,
    container,
    regionText,
    text: container.textContent ?? '',
    ask: container.querySelector('[data-testid=what-if-ask-first]'),
  };
}

describe('whole patches of the model', () => {
  it('wait for the first answer', async () => {
    const { find, text, ask } = await show({ isAnswered: false, gridSize: null });
    expect(find('what-if-patches')).toHaveProperty('disabled', true);
    expect(text).toContain('Once the model has been run on this image.');
    expect(ask?.textContent).toBe('Ask about the unchanged picture first');
  });

  it('are missed where the answer on show was stored without the grid: the page says so and offers to ask anew', async () => {
    const { find, text, ask } = await show({ isAnswered: true, gridSize: null });
    expect(find('what-if-patches')).toHaveProperty('disabled', true);
    expect(text).toContain('was stored without the model’s grid of patches');
    expect(ask?.textContent).toBe('Ask the model anew');
  });

  it('can be chosen where the answer tells the grid', async () => {
    const { find, text, ask } = await show({ isAnswered: true, gridSize: 4 });
    expect(find('what-if-patches')).toHaveProperty('disabled', false);
    expect(text).toContain('4 × 4 over the middle square.');
    expect(ask).toBeNull();
  });

  it('take the region that is there when they are switched on', async () => {
    const { find, regionText } = await show({
      isAnswered: true,
      gridSize: 4,
      size: 128,
      read: (name) => (name === 'edit' ? 'crop::40,40,10,30' : null),
    });
    expect(regionText()).toContain('10 × 30 pixels at 40, 40.');
    await act(async () => find('what-if-patches').click());
    expect(regionText()).toContain('32 × 64 pixels at 32, 32.');
  });

  it('take the nearest ones of a typed region', async () => {
    const { container, regionText } = await show({
      isAnswered: true,
      gridSize: 4,
      size: 128,
      read: (name) => ({ edit: 'crop::32,32,32,32', snap: '1' })[name] ?? null,
    });
    const left = container.querySelector('input[type=number]');
    for (const text of ['7', '70']) {
      await act(async () => {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(left, text);
        left?.dispatchEvent(new Event('input', { bubbles: true }));
      });
    }
    expect(regionText()).toContain('32 × 32 pixels at 64, 32.');
  });
});

describe('the answer that a change is compared with', () => {
  it('is never one to a picture that was changed itself, as a row of a robustness sweep is', async () => {
    const store = createStore(() => ({ editPicture: () => new Promise(() => undefined) }) as unknown as InspectionState);
    const answer = someAnswer({ evalId: 'e', sampleId: 'd/1' });
    const sweep = someEval({ id: 'e', config: { ...DEFAULT_EVAL, perturbation: { kind: 'jpeg', level: 30 } } });
    const reading = readingOfAnswer({ answer, evaluation: sweep });
    const { find } = await render(
      <InspectionStore.Provider store={store}>
        <ReadingTabs
          sampleId="d/1"
          datasetId="d"
          loaded={{ sample: someSample({ datasetId: 'd', path: '1' }), file: null, url: null, error: null }}
          address={ADDRESS}
          main={{ state: undefined, reading, asked: null, isReady: true, run: () => undefined }}
          reading={reading}
          hasStored
          activeParagraph={null}
          onSelectParagraph={() => undefined}
          control={{} as never}
          onSecond={() => undefined}
        />
      </InspectionStore.Provider>,
    );
    expect(find('what-if-ask-first').textContent).toBe('Ask about the unchanged picture first');
  });
});
