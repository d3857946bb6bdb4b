// @vitest-environment happy-dom
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

async function show(options: { isAnswered: boolean; gridSize: number | null }) {
  const store = createStore(() => ({ editPicture: () => new Promise(() => undefined) }) as unknown as InspectionState);
  const answer = someAnswer({ evalId: 'e', sampleId: 'd/1' });
  const before = options.isAnswered ? readingOfAnswer({ answer, evaluation: someEval({ id: 'e' }) }) : null;
  const { find, container } = await render(
    <InspectionStore.Provider store={store}>
      <WhatIfTab
        sample={someSample({ datasetId: 'd', path: '1' })}
        url={null}
        address={ADDRESS}
        before={before}
        gridSize={options.gridSize}
        onAskFirst={() => undefined}
        onSecond={() => undefined}
      />
    </InspectionStore.Provider>,
  );
  return { find, text: container.textContent ?? '', ask: container.querySelector('[data-testid=what-if-ask-first]') };
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
