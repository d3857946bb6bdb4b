// @vitest-environment happy-dom
import { Modal } from '@mantine/core';
import { act, type ReactNode } from 'react';
import { describe, expect, it } from 'vitest';
import { NoticeStack } from '../../src/app/NoticeStack.tsx';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { createEngineStore, EngineStore } from '../../src/state/engine.ts';
import { createEvaluationStore, EvaluationStore } from '../../src/state/evaluation.ts';
import { createJobsStore } from '../../src/state/jobs.ts';
import { createNoticesStore, NoticesStore } from '../../src/state/notices.ts';
import { createRunStore, RunStore } from '../../src/state/run.ts';
import { createFakeClient } from '../support/fake-client.ts';
import { render, until } from './render.tsx';

/** The stack with something beside it, and the store that it shows. */
function stackBeside(): { notices: ReturnType<typeof createNoticesStore>; page: (beside: ReactNode) => ReactNode } {
  const notices = createNoticesStore();
  const engine = createFakeClient<EngineApi>({}).calls;
  const deps = { engine, database: () => Promise.reject(new Error('unused')), jobs: createJobsStore(), notices, codeVersion: 'test' };
  const engineStore = createEngineStore(engine);
  const evaluations = createEvaluationStore(deps);
  const runs = createRunStore(deps);
  const page = (beside: ReactNode) => (
    <NoticesStore.Provider store={notices}>
      <EngineStore.Provider store={engineStore}>
        <EvaluationStore.Provider store={evaluations}>
          <RunStore.Provider store={runs}>
            <NoticeStack />
            {beside}
          </RunStore.Provider>
        </EvaluationStore.Provider>
      </EngineStore.Provider>
    </NoticesStore.Provider>
  );
  return { notices, page };
}

describe('notices', () => {
  it('are taken back by Ctrl+Z, the newest first, and not from within a field', async () => {
    const { notices, page } = stackBeside();
    const undone: string[] = [];
    const offer = (name: string) => notices.getState().offer(name, { label: 'Undo', run: () => undone.push(name) });
    const { find } = await render(page(<input data-testid="field" />));
    await act(async () => {
      offer('older');
      offer('newer');
      notices.getState().tell('with nothing to do');
    });
    const press = async (target: EventTarget) => {
      const event = new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true, cancelable: true });
      await act(async () => target.dispatchEvent(event));
      return event.defaultPrevented;
    };
    expect(await press(find('field'))).toBe(false);
    expect(undone).toEqual([]);
    expect(await press(document.body)).toBe(true);
    expect(undone).toEqual(['newer']);
    expect(find('notice-stack').textContent).not.toContain('newer');
    expect(await press(document.body)).toBe(true);
    expect(undone).toEqual(['newer', 'older']);
    expect(await press(document.body), 'left to others').toBe(false);
  });
});

describe('notices beside a dialog', () => {
  it('lie beneath it when they are older, so that none covers its buttons, and above it when they are new', async () => {
    const { notices, page: pageWith } = stackBeside();
    const page = (isOpen: boolean) =>
      pageWith(
        <Modal opened={isOpen} onClose={() => undefined} transitionProps={{ duration: 0 }}>
          <button type="button">Import</button>
        </Modal>,
      );
    const { find, redraw } = await render(page(false));
    const isBeneath = () => find('notice-stack').dataset['beneath'] === 'true';
    await act(async () => notices.getState().raise(new WorkbenchError('E-SCHEMA', 'the import before')));
    expect([find('notice-stack').textContent?.includes('the import before'), isBeneath()]).toEqual([true, false]);
    await redraw(page(true));
    await until(() => expect(isBeneath()).toBe(true));
    await act(async () => notices.getState().raise(new WorkbenchError('E-JSON', 'this import too')));
    expect(isBeneath()).toBe(false);
    await redraw(page(false));
    await until(() => expect(document.body.hasAttribute('data-scroll-locked')).toBe(false));
    await redraw(page(true));
    await until(() => expect(isBeneath()).toBe(true));
  });
});
