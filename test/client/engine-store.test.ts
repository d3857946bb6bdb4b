import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { EngineApi, EngineStatus } from '../../src/shared/engine-api.ts';
import { tellDeviceLoss } from '../../src/state/device-loss.ts';
import { createEngineStore } from '../../src/state/engine.ts';
import { createNoticesStore } from '../../src/state/notices.ts';
import { createFakeClient } from '../support/fake-client.ts';

const STATUS: EngineStatus = {
  backend: 'webgpu',
  adapter: 'Some GPU',
  fallbackAdapter: false,
  threads: 1,
  crossOriginIsolated: true,
  relaxedSimd: false,
  shaderF16: false,
  reason: 'there is one',
};
const LOST_ONCE: EngineStatus = { ...STATUS, deviceLosses: 1 };
const ON_CPU: EngineStatus = { ...STATUS, backend: 'simd', deviceLosses: 2 };
const never = () => new Promise<null>(() => undefined);

describe('the engine store', () => {
  it('follows what the worker reports, and tells each loss of the device once', async () => {
    const losses: EngineStatus[] = [];
    const watch = (_params: unknown, { progress }: { progress: (status: EngineStatus) => void }) => {
      for (const status of [LOST_ONCE, LOST_ONCE, ON_CPU]) progress(status);
      return never();
    };
    const store = createEngineStore(createFakeClient<EngineApi>({ init: () => STATUS, watch }).calls, 'webgpu', (status) =>
      losses.push(status),
    );
    await store.getState().start();
    expect(losses).toEqual([LOST_ONCE, ON_CPU]);
    expect(store.getState().status).toEqual(ON_CPU);
  });

  it('starts a worker that died anew, asking for the same backend', async () => {
    const asked: unknown[] = [];
    let deaths = 1;
    const client = createFakeClient<EngineApi>({
      init: (params) => {
        asked.push(params.backend);
        return STATUS;
      },
      watch: () => (deaths-- > 0 ? Promise.reject(new WorkbenchError('E-WORKER', 'it died')) : never()),
    });
    const store = createEngineStore(client.calls, 'simd');
    await store.getState().start();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(asked).toEqual(['simd', 'simd']);
    expect(store.getState().phase).toBe('ready');
  });
});

describe('what is told of a lost device', () => {
  it('is a message after the first loss, and an offer of a smaller preset or the CPU after the second', () => {
    const notices = createNoticesStore();
    tellDeviceLoss(LOST_ONCE, notices.getState());
    tellDeviceLoss(ON_CPU, notices.getState());
    const [first, second] = notices.getState().notices;
    expect(first?.error).toBeUndefined();
    expect(first?.text).toContain('made anew');
    expect(second?.error).toMatchObject({ code: 'E-GPU-LOST', remedy: expect.stringMatching(/CPU.*smaller preset/) });
    expect(second?.link?.to).toContain('preset=tiny-demo');
  });
});
