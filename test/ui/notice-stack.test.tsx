// @vitest-environment happy-dom
import { Modal } from '@mantine/core';
import { act } from 'react';
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

describe('notices beside a dialog', () => {
  it('lie beneath it when they are older, so that none covers its buttons, and above it when they are new', async () => {
    const notices = createNoticesStore();
    const engine = createFakeClient<EngineApi>({}).calls;
    const deps = { engine, database: () => Promise.reject(new Error('unused')), jobs: createJobsStore(), notices, codeVersion: 'test' };
    const page = (isOpen: boolean) => (
      <NoticesStore.Provider store={notices}>
        <EngineStore.Provider store={createEngineStore(engine)}>
          <EvaluationStore.Provider store={createEvaluationStore(deps)}>
            <RunStore.Provider store={createRunStore(deps)}>
              <NoticeStack />
              <Modal opened={isOpen} onClose={() => undefined} transitionProps={{ duration: 0 }}>
                <button type="button">Import</button>
              </Modal>
            </RunStore.Provider>
          </EvaluationStore.Provider>
        </EngineStore.Provider>
      </NoticesStore.Provider>
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
