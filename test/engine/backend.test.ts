import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { EngineBackend } from '../../workers/engine/backend.ts';
import type { EnginePlatform } from '../../workers/engine/platform.ts';
import type { WebgpuHandle, WebgpuOptions } from '../../workers/ml/backends/webgpu/create-backend.ts';
import type { AdapterProbe } from '../../workers/ml/backends/webgpu/probe-adapter.ts';
import { openTestDatabase } from '../support/database.ts';
import { TINY_MODEL_ID, tinyModelFiles } from '../support/tiny-model-folder.ts';
import { callContext, picture, shortQuestion, storeSamples, testEngine } from './support.ts';

const GPU: AdapterProbe = { available: true, fallback: false, description: 'Some GPU', architecture: 'x', f16: true };

/** A platform whose GPU is pretended; `options` collects what each start was given. */
function pretend(probe: AdapterProbe, startWebgpu?: EnginePlatform['startWebgpu']) {
  const options: WebgpuOptions[] = [];
  const start = (given: WebgpuOptions): Promise<WebgpuHandle> => {
    options.push(given);
    const handle = { adapter: probe, epoch: 1, dispose: () => undefined };
    return Promise.resolve(handle as unknown as WebgpuHandle);
  };
  const backend = new EngineBackend({
    probeAdapter: () => Promise.resolve(probe),
    startWebgpu: startWebgpu ?? start,
    startSimd: () => Promise.resolve({ threads: 2, relaxedSimd: true, reservedBytes: () => 7 }),
    crossOriginIsolated: true,
    cpuDescription: 'CPU',
  });
  return { backend, options };
}

describe('the choice of the backend', () => {
  it('is webgpu on a real adapter and simd on a software adapter or none', async () => {
    expect(await pretend(GPU).backend.start()).toMatchObject({ backend: 'webgpu', adapter: 'Some GPU', shaderF16: true });
    const software = await pretend({ ...GPU, fallback: true }).backend.start();
    expect(software).toMatchObject({ backend: 'simd', threads: 2, fallbackAdapter: true, relaxedSimd: true });
    expect(software.reason).toMatch(/software adapter/);
    expect(await pretend({ ...GPU, available: false, description: 'None here.' }).backend.start()).toMatchObject({ backend: 'simd' });
  });

  it('follows the address', async () => {
    expect((await pretend({ ...GPU, fallback: true }).backend.start('webgpu')).backend).toBe('webgpu');
    expect((await pretend(GPU).backend.start('simd')).backend).toBe('simd');
  });

  it('falls back to simd with the reason when webgpu does not start', async () => {
    const failing = () => Promise.reject(new WorkbenchError('E-NO-GPU', 'the driver said no'));
    const status = await pretend(GPU, failing).backend.start('webgpu');
    expect(status.backend).toBe('simd');
    expect(status.reason).toContain('the driver said no');
  });

  it('makes a lost device anew once, and goes to the CPU the second time', async () => {
    const { backend, options } = pretend(GPU);
    await backend.start();
    const lost = new WorkbenchError('E-GPU-LOST', 'lost');
    options[0]?.onLost(lost);
    expect(backend.isLost).toBe(true);
    expect(() => backend.assertHealthy()).toThrow(lost);
    expect((await backend.recover()).backend).toBe('webgpu');
    expect(backend.isLost).toBe(false);
    options[1]?.onLost(lost);
    expect(await backend.recover()).toMatchObject({ backend: 'simd' });
    expect(backend.isLost).toBe(false);
  });

  it('tells an error that the device reported apart from any call, once', async () => {
    const { backend, options } = pretend(GPU);
    await backend.start();
    options[0]?.onError(new WorkbenchError('E-MEMORY', 'too little memory'));
    expect(() => backend.assertHealthy()).toThrow(/too little memory/);
    expect(() => backend.assertHealthy()).not.toThrow();
  });
});

describe('the files of a built-in model', () => {
  it('are fetched once: a second engine reads them from the cache, and works without the server', async () => {
    const first = await testEngine();
    const report = await first.handlers.loadModel({ modelId: TINY_MODEL_ID }, callContext('loadModel'));
    expect(report).toMatchObject({ missing: [], unexpected: [], shapeClashes: [] });
    expect(first.fetched).toContain(`models/${TINY_MODEL_ID}/model.safetensors`);
    const offline = await testEngine({ db: first.db, served: new Map() });
    const again = await offline.handlers.loadModel({ modelId: TINY_MODEL_ID }, callContext('loadModel'));
    expect(again.matched).toBe(report.matched);
  });

  it('that arrive damaged are refused with E-CHECKSUM and not kept', async () => {
    const served = await tinyModelFiles();
    const path = `models/${TINY_MODEL_ID}/tokenizer.json`;
    const db = await openTestDatabase();
    const broken = await testEngine({ db, served: new Map([...served, [path, new Blob(['{}'])]]) });
    await expect(broken.handlers.loadModel({ modelId: TINY_MODEL_ID }, callContext('loadModel'))).rejects.toMatchObject({
      code: 'E-CHECKSUM',
    });
    const whole = await testEngine({ db, served });
    expect((await whole.handlers.loadModel({ modelId: TINY_MODEL_ID }, callContext('loadModel'))).missing).toEqual([]);
  });

  it('that are damaged in the cache are fetched again', async () => {
    const engine = await testEngine();
    await engine.handlers.loadModel({ modelId: TINY_MODEL_ID }, callContext('loadModel'));
    const url = `models/${TINY_MODEL_ID}/model.safetensors`;
    const row = await engine.db.get('modelCache', url);
    if (row) await engine.db.put('modelCache', { ...row, blob: new Blob(['rot']) });
    const second = await testEngine({ db: engine.db });
    expect((await second.handlers.loadModel({ modelId: TINY_MODEL_ID }, callContext('loadModel'))).missing).toEqual([]);
    expect(second.fetched).toEqual(['models/index.json', url]);
  });
});

describe('the engine around its jobs', () => {
  it('passes its self-test on every fused op', async () => {
    const { handlers } = await testEngine();
    const seen: number[] = [];
    const checks = await handlers.selfTest(
      {},
      callContext('selfTest', ({ done }) => seen.push(done)),
    );
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks).toHaveLength(17);
    expect(seen.at(-1)).toBe(17);
  });

  it('repeats a job on a new device when the old one was lost, here on the CPU', async () => {
    const options: WebgpuOptions[] = [];
    let decoded = 0;
    const base = await testEngine();
    const lost = new WorkbenchError('E-GPU-LOST', 'lost');
    const engine = await testEngine({
      probeAdapter: () => Promise.resolve(GPU),
      // The pretended device computes on simd; it is lost while the first two pictures are read.
      startWebgpu: (given) => {
        options.push(given);
        return Promise.resolve({ adapter: GPU, epoch: 0, dispose: () => undefined } as unknown as WebgpuHandle);
      },
      decode: (bytes) => {
        if (decoded++ < 2) {
          options.at(-1)?.onLost(lost);
          return Promise.reject(lost);
        }
        return base.platform.decode(bytes);
      },
    });
    await storeSamples(engine.db, 1);
    const result = await engine.handlers.explain(shortQuestion(TINY_MODEL_ID, { image: picture(0) }), callContext('explain'));
    expect(result.engine.backend).toBe('simd');
    expect(decoded).toBe(3);
    expect(await engine.handlers.init({}, callContext('init'))).toMatchObject({
      backend: 'simd',
      reason: expect.stringMatching(/lost 2 times/),
    });
  });

  it('offers settings that fit before the start where a run needs more than the engine can take', async () => {
    const config = presetConfig('tiny-demo', 'prpo');
    const params = { config, modelId: TINY_MODEL_ID };
    const { handlers } = await testEngine();
    const { memoryBytes, ...unlimited } = await handlers.preflight(params, callContext('preflight'));
    expect(unlimited).not.toHaveProperty('smaller');
    const limitBytes = Math.round(memoryBytes * 0.8);
    const small = await testEngine({
      startSimd: () => Promise.resolve({ threads: 1, relaxedSimd: false, reservedBytes: () => 7, maximumBytes: () => limitBytes }),
    });
    const tight = await small.handlers.preflight(params, callContext('preflight'));
    expect(tight).toMatchObject({ memoryBytes, limitBytes });
    expect(tight.smaller?.length).toBeGreaterThan(0);
    for (const offer of tight.smaller ?? []) expect(offer.memoryBytes).toBeLessThan(limitBytes);
  });

  it('estimates what a run needs: nearly all of the decoder, both moments, more with a reference model', async () => {
    const { handlers } = await testEngine();
    const config = presetConfig('tiny-demo', 'prpo');
    const estimate = async (changes: Partial<typeof config>) =>
      handlers.preflight({ config: { ...config, ...changes }, modelId: TINY_MODEL_ID }, callContext('preflight'));
    const full = await estimate({});
    const withoutReference = await estimate({ policy: { ...config.policy, beta: 0 } });
    const lora = await estimate({ lora: { r: 2, loraAlpha: 4, loraDropout: 0, targetModules: ['q_proj'] } });
    expect(full.stepMs).toBeNull();
    expect(full.memoryBytes).toBeGreaterThan(withoutReference.memoryBytes);
    expect(lora.checkpointBytes).toBe(2 * 2 * (2 * 24) * 3 * 4); // layers, rank, A and B of q_proj, three copies, float32
    expect(full.checkpointBytes).toBeGreaterThan(lora.checkpointBytes);
  });

  it('reports its memory', async () => {
    const { handlers } = await testEngine();
    const memory = await handlers.memory({}, callContext('memory'));
    expect(memory.numTensors).toBeGreaterThanOrEqual(0);
    expect(memory.reservedBytes).toBeGreaterThan(0);
  });
});
