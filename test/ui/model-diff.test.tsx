// @vitest-environment happy-dom
import { act } from 'react';
import { expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { DiffDialog } from '../../src/features/models/DiffDialog.tsx';
import type { ModelDifference } from '../../src/shared/data-api.ts';
import { ExchangeStore, type ExchangeState } from '../../src/state/exchange.ts';
import type { ModelEntry } from '../../src/state/models.ts';
import { render } from './render.tsx';

const model = (id: string): ModelEntry => ({ id, name: id, kind: 'built-in', step: 0, sizeBytes: 1, tiny: true, metrics: {} });
const SAME: ModelDifference = { changed: [], same: 7, onlyA: [], onlyB: [], shapeClashes: [] };

it('a comparison of weights that ends after another model was chosen is not shown as one with that model', async () => {
  let end = (_: ModelDifference): void => undefined;
  const compareModels = () => new Promise<ModelDifference>((resolve) => (end = resolve));
  const { find } = await render(
    <ExchangeStore.Provider store={createStore(() => ({ busy: null, compareModels }) as unknown as ExchangeState)}>
      <DiffDialog model={model('a')} models={[model('a'), model('b'), model('c')]} onClose={() => undefined} />
    </ExchangeStore.Provider>,
  );
  const choose = (id: string) =>
    act(async () => {
      const select = find('model-select') as HTMLSelectElement;
      select.value = id;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
  await act(async () => find('model-diff-start').click());
  await choose('c');
  await act(async () => end(SAME));
  expect(document.querySelector('[data-testid=model-diff]')).toBeNull();
  await choose('b');
  expect(find('model-diff').dataset['same']).toBe('7');
});
