import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import * as v from 'valibot';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { readAll } from '../../../src/shared/formats/merged-tensors.ts';
import { openZip } from '../../../src/shared/formats/zip-reader.ts';
import { FILES, ModelFolders } from '../../../src/shared/models/model-folder.ts';
import { chainTensors } from '../../../src/shared/models/model-tensors.ts';
import type { ImportEntry } from '../../../src/shared/data-api.ts';
import { encodeSafetensors, SafetensorsFile, type HostTensor } from '../../../src/shared/safetensors.ts';
import { getCheckpoint, listCheckpoints, readCheckpointFile, writeCheckpoint } from '../../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { putRun } from '../../../src/shared/storage/runs.ts';
import { exportModel } from '../../../workers/data/exports/export-model.ts';
import { importModel } from '../../../workers/data/exports/import-model.ts';
import { loadModel } from '../../../workers/engine/load-model.ts';
import { appendStep } from '../../support/append-step.ts';
import { prepareBackends } from '../../support/backends.ts';
import { openTestDatabase } from '../../support/database.ts';
import { someRun, someStep } from '../../support/records.ts';
import { TINY_MODEL_ID, tinyModelFiles } from '../../support/tiny-model-folder.ts';

const MODULE = 'model.layers.1.self_attn.q_proj';
const [A, B] = [`base_model.model.${MODULE}.lora_A.weight`, `base_model.model.${MODULE}.lora_B.weight`];
const CONFIG = {
  peft_type: 'LORA',
  base_model_name_or_path: 'tiny',
  r: 2,
  lora_alpha: 6,
  lora_dropout: 0,
  bias: 'none',
  target_modules: [MODULE],
};
const PROJECTOR = 'model.mm_projector.0.bias';
const wave = (shape: number[], phase: number): HostTensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + phase)),
});
const safetensors = (tensors: Record<string, HostTensor>) => new Blob(encodeSafetensors(new Map(Object.entries(tensors))));
const json = (value: unknown) => new Blob([JSON.stringify(value)]);
const entry = (path: string, blob: Blob): ImportEntry => ({ path, file: new File([blob], path) });

let files: Map<string, Blob>;
let source: Database;
let target: Database;
const fetchFile = async (path: string) => files.get(path) ?? Promise.reject(new Error(`no ${path}`));
const bytesOf = async (blob: Blob | undefined) => Buffer.from(await (blob ?? new Blob()).arrayBuffer()).toString('base64');
const chainOf = (db: Database, id: string) => new ModelFolders({ fetchFile }, db).chainOf(id);

beforeAll(async () => {
  files = await tinyModelFiles();
});
beforeEach(async () => {
  [source, target] = [await openTestDatabase(), await openTestDatabase()];
  const adapter = { [A]: wave([2, 24], 0), [B]: wave([24, 2], 5) };
  await appendStep(source, someRun({ id: 'r', step: 3 }), someStep('r', 3), []);
  await writeCheckpoint(
    source,
    {
      id: 'r-step-3',
      name: 'run, step 3',
      kind: 'lora',
      createdAt: 1,
      runId: 'r',
      step: 3,
      parentId: TINY_MODEL_ID,
      resumable: true,
      metrics: { loss: 0.5 },
      tiny: true,
    },
    [
      { path: FILES.adapter, blob: safetensors(adapter) },
      { path: FILES.adapterConfig, blob: json(CONFIG) },
      { path: FILES.weights, blob: safetensors({ [PROJECTOR]: wave([24], 9) }) },
      { path: 'trainer_state.json', blob: json({ step: 3, updates: 3 }) },
    ],
  );
});

describe('a checkpoint with an adapter', () => {
  it('leaves in the PEFT layout and comes back as the same model', async () => {
    const zip = await exportModel('r-step-3', 'peft', { db: source, fetchFile });
    const inside = await openZip(zip);
    expect([...inside.keys()]).toEqual([
      'adapter_model.safetensors',
      'adapter_config.json',
      'non_lora_trainables.safetensors',
      'config.json',
      'tokenizer.json',
      'trainer_state.json',
      'README.md',
    ]);
    expect(JSON.parse((await (await inside.get('trainer_state.json')?.read())?.text()) ?? '')).toMatchObject({
      global_step: 3,
      log_history: [{ step: 3, reward: 0.3 }],
    });

    const { checkpointId, report } = await importModel([entry('my-llava-lora.zip', zip)], TINY_MODEL_ID, { db: target, fetchFile });
    expect(report).toEqual({ matched: 3, missing: [], unexpected: [], newlyInitialised: [], shapeClashes: [] });
    expect(await getCheckpoint(target, checkpointId)).toMatchObject({
      name: 'my-llava-lora',
      kind: 'imported',
      parentId: TINY_MODEL_ID,
      tiny: true,
    });
    expect(await bytesOf(await readCheckpointFile(target, checkpointId, FILES.adapter))).toBe(
      await bytesOf(await readCheckpointFile(source, 'r-step-3', FILES.adapter)),
    );
    const before = await readAll(await chainTensors(await chainOf(source, 'r-step-3')));
    expect(await readAll(await chainTensors(await chainOf(target, checkpointId)))).toEqual(before);
  });

  it('tells the totals of its run only where the run ends with it', async () => {
    const summary = { train_loss: 0.25, total_flos: 9e6 };
    const stateOf = async () => {
      const inside = await openZip(await exportModel('r-step-3', 'peft', { db: source, fetchFile }));
      const text = (await (await inside.get('trainer_state.json')?.read())?.text()) ?? '';
      return v.parse(v.object({ log_history: v.array(v.record(v.string(), v.number())), total_flos: v.number() }), JSON.parse(text));
    };
    await putRun(source, someRun({ id: 'r', step: 3, summary }));
    expect((await stateOf()).log_history.at(-1)).toMatchObject({ train_loss: 0.25, step: 3 });
    await appendStep(source, someRun({ id: 'r', step: 5, summary }), someStep('r', 5), []);
    const state = await stateOf();
    expect(state.log_history.some((row) => 'train_loss' in row)).toBe(false);
    expect(state.total_flos).toBe(0);
  });

  it('is taken from the top of the folder of a training, not from a checkpoint inside, nor from two that lie side by side', async () => {
    const filesAt = (folder: string, shift: number) => [
      entry(`${folder}/adapter_config.json`, json(CONFIG)),
      entry(`${folder}/adapter_model.safetensors`, safetensors({ [A]: wave([2, 24], shift), [B]: wave([24, 2], shift) })),
      entry(`${folder}/rng_state.pth`, new Blob(['of the trainer'])),
    ];
    const context = { db: target, fetchFile };
    const [top, inside] = [filesAt('out', 1), filesAt('out/checkpoint-50', 2)];
    const { checkpointId } = await importModel([...top, ...inside], TINY_MODEL_ID, context);
    const stored = await readCheckpointFile(target, checkpointId, FILES.adapter);
    expect(await bytesOf(stored)).toBe(await bytesOf(top[1]?.file ?? new Blob()));
    const two = [...inside, ...filesAt('out/checkpoint-100', 3)];
    await expect(importModel(two, TINY_MODEL_ID, context)).rejects.toMatchObject({
      code: 'E-UNSUPPORTED',
      message: 'The drop holds several models, in out/checkpoint-50, out/checkpoint-100.',
    });
  });

  it('leaves whole in the LLaVA layout: the engine loads the same weights as from base and adapter', async () => {
    const zip = await exportModel('r-step-3', 'llava', { db: source, fetchFile });
    const { checkpointId, report } = await importModel([entry('whole.zip', zip)], TINY_MODEL_ID, { db: target, fetchFile });
    expect(report).toBeNull();
    expect((await getCheckpoint(target, checkpointId))?.parentId).toBeNull();
    await prepareBackends({ threads: 1 });
    const [merged, whole] = [
      await loadModel(await chainOf(source, 'r-step-3'), () => undefined),
      await loadModel(await chainOf(target, checkpointId), () => undefined),
    ];
    expect(whole.report).toMatchObject({ missing: [], unexpected: [], shapeClashes: [] });
    const [left, right] = [await merged.weights.toHost(), await whole.weights.toHost()];
    expect([...right.keys()]).toEqual([...left.keys()]);
    for (const [name, { data }] of left) {
      const other = right.get(name)?.data ?? [];
      expect(Math.max(...data.map((value, i) => Math.abs(value - (other[i] ?? NaN)))), name).toBeLessThan(1e-5);
    }
    // Scale 6 / 2, element [0, 0]: W + 3 (B[0,0] A[0,0] + B[0,1] A[1,0]).
    const base = await SafetensorsFile.open(files.get(`models/${TINY_MODEL_ID}/model.safetensors`) ?? new Blob());
    const delta = 3 * (Math.sin(5) * Math.sin(0) + Math.sin(6) * Math.sin(24));
    expect(right.get(`${MODULE}.weight`)?.data[0]).toBeCloseTo(((await base.read(`${MODULE}.weight`)).data[0] ?? NaN) + delta, 5);
    merged.dispose();
    whole.dispose();
  });

  it("made elsewhere, with a pattern, ranks of its own and the binary head's layers, is folded in alike by engine and export", async () => {
    const head = 'base_model.model.model.binary_classifier.fc1';
    const tensors = { [A]: wave([3, 24], 0), [B]: wave([24, 3], 5), [`${head}.lora_A.weight`]: wave([2, 24], 1) };
    const adapter = safetensors({ ...tensors, [`${head}.lora_B.weight`]: wave([512, 2], 2) });
    const patterns = { target_modules: '.*(q_proj|fc1)', rank_pattern: { 'layers\\.1\\..*': 3 }, alpha_pattern: { fc1: 1 } };
    const entries = [entry('x/adapter_config.json', json({ ...CONFIG, ...patterns })), entry('x/adapter_model.safetensors', adapter)];
    const { checkpointId, report } = await importModel(entries, TINY_MODEL_ID, { db: target, fetchFile });
    expect(report).toMatchObject({ matched: 4, missing: [], unexpected: [] });
    const chain = await chainOf(target, checkpointId);
    await prepareBackends({ threads: 1 });
    const loaded = await loadModel(chain, () => undefined);
    const base = await SafetensorsFile.open(files.get(`models/${TINY_MODEL_ID}/model.safetensors`) ?? new Blob());
    const merged = await readAll(await chainTensors(chain));
    // Scales 6 / 3 and 1 / 2.
    const deltas = {
      [`${MODULE}.weight`]: 2 * (Math.sin(5) * Math.sin(0) + Math.sin(6) * Math.sin(24) + Math.sin(7) * Math.sin(48)),
      'model.binary_classifier.fc1.weight': 0.5 * (Math.sin(2) * Math.sin(1) + Math.sin(3) * Math.sin(25)),
    };
    for (const [name, delta] of Object.entries(deltas)) {
      const wanted = ((await base.read(name)).data[0] ?? NaN) + delta;
      expect(merged.get(name)?.data[0]).toBeCloseTo(wanted, 5);
      expect((await loaded.weights.get(name).data())[0]).toBeCloseTo(wanted, 5);
    }
    loaded.dispose();
  });

  it('cannot leave as an adapter when it has none', async () => {
    await expect(exportModel(TINY_MODEL_ID, 'peft', { db: source, fetchFile })).rejects.toMatchObject({ code: 'E-UNSUPPORTED' });
  });
});

describe('bad models are refused and nothing is stored', () => {
  const refuse = async (entries: ImportEntry[], error: object) => {
    await expect(importModel(entries, TINY_MODEL_ID, { db: target, fetchFile })).rejects.toMatchObject(error);
    expect(await listCheckpoints(target)).toEqual([]);
    expect(await target.count('checkpointFiles')).toBe(0);
  };
  const config = entry('x/adapter_config.json', json(CONFIG));

  it.each([
    ['of another width', { [A]: wave([2, 32], 0), [B]: wave([24, 2], 0) }, 'needs [2, 24]'],
    ['with half of a pair', { [A]: wave([2, 24], 0) }, 'lora_B.weight is missing'],
    ['of another model', { 'base_model.model.model.layers.9.x.lora_A.weight': wave([2, 24], 0) }, 'none of its tensors'],
  ])('an adapter %s, with the load report', async (_name, tensors, text) => {
    await refuse([config, entry('x/adapter_model.safetensors', safetensors(tensors))], {
      code: 'E-SHAPE',
      message: expect.stringContaining(text),
      details: { report: expect.objectContaining({ newlyInitialised: [] }) },
    });
  });

  it.each([
    ['of another method', { peft_type: 'LOHA' }, 'peft_type'],
    ['of a newer variant', { use_dora: true }, 'use_dora'],
    ['that took its start out of the base', { init_lora_weights: 'pissa_niter_4' }, 'init_lora_weights'],
    ['with a pattern that only Python reads', { rank_pattern: { '(?P<x>q)_proj': 8 } }, 'rank_pattern'],
    ['that lacks a module it should hold whole', { modules_to_save: ['lm_head'] }, 'names lm_head in modules_to_save, but'],
    ['with a list of modules that is none', { modules_to_save: 'lm_head' }, 'modules_to_save = "lm_head"'],
  ])('an adapter %s: folded in as plain LoRA it would be another model', async (_name, fields, text) => {
    const tensors = { [A]: wave([2, 24], 0), [B]: wave([24, 2], 0) };
    const other = entry('x/adapter_config.json', json({ ...CONFIG, ...fields }));
    await refuse([other, entry('x/adapter_model.safetensors', safetensors(tensors))], {
      code: 'E-UNSUPPORTED',
      message: expect.stringContaining(text),
    });
  });

  it('an adapter with a whole module that the base does not have', async () => {
    const other = entry('x/adapter_config.json', json({ ...CONFIG, modules_to_save: ['scorer'] }));
    const tensors = { [A]: wave([2, 24], 0), [B]: wave([24, 2], 0), 'base_model.model.scorer.weight': wave([2, 24], 1) };
    await refuse([other, entry('x/adapter_model.safetensors', safetensors(tensors))], {
      code: 'E-UNSUPPORTED',
      message: expect.stringContaining('scorer.weight whole, which the base model does not have'),
    });
  });

  it('an adapter cut short, with a changed header, or as a pickle that would run code', async () => {
    const whole = safetensors({ [A]: wave([2, 24], 0), [B]: wave([24, 2], 0) });
    await refuse([config, entry('x/adapter_model.safetensors', whole.slice(0, whole.size - 4))], { code: 'E-SCHEMA' });
    const bytes = new Uint8Array(await whole.arrayBuffer());
    const at = Buffer.from(bytes).indexOf('"shape":[2,24]') + 9; // [2,24] becomes [3,24]
    await refuse([config, entry('x/adapter_model.safetensors', new Blob([bytes.with(at, 0x33)]))], { code: 'E-SCHEMA' });
    const attack = Buffer.from('\x80\x02cposix\nsystem\nX\x04\x00\x00\x00exit\x85R.', 'latin1');
    const torch = new Blob([zipSync({ 'adapter_model/data.pkl': new Uint8Array(attack) }).slice()]);
    await refuse([config, entry('x/adapter_model.bin', torch)], {
      code: 'E-UNSUPPORTED',
      message: expect.stringContaining('posix.system'),
    });
  });

  it('a zip that unpacks to more than there is room for', async () => {
    const bomb = new Blob([zipSync({ 'adapter_model.safetensors': new Uint8Array(1_000_000) }).slice()]);
    const assertRoom = (bytes: number) => {
      if (bytes > 500_000) throw new WorkbenchError('E-QUOTA', 'no room');
    };
    await expect(importModel([entry('x.zip', bomb)], TINY_MODEL_ID, { db: target, fetchFile, assertRoom })).rejects.toMatchObject({
      code: 'E-QUOTA',
    });
    expect(await target.count('checkpointFiles')).toBe(0);
  });

  it('a damaged file, an adapter without weights, a folder without tokenizer, files that are no model', async () => {
    await refuse([config, entry('x/adapter_model.safetensors', new Blob(['short']))], { code: 'E-SCHEMA' });
    await refuse([config], { code: 'E-MISSING' });
    const model = files.get(`models/${TINY_MODEL_ID}/model.safetensors`) ?? new Blob();
    await refuse([entry('m/config.json', json({})), entry('m/model.safetensors', model)], {
      code: 'E-MISSING',
      message: expect.stringContaining('tokenizer.json'),
    });
    await refuse([entry('readme.txt', new Blob(['x']))], { code: 'E-SCHEMA' });
  });

  it('but loose projector tensors are taken, and what the base does not have is listed', async () => {
    const loose = safetensors({ 'base_model.model.model.mm_projector.0.bias': wave([24], 1), 'model.other': wave([2], 1) });
    const { checkpointId, report } = await importModel([entry('mm_projector.safetensors', loose)], TINY_MODEL_ID, {
      db: target,
      fetchFile,
    });
    expect(report).toMatchObject({ matched: 1, unexpected: ['model.other'] });
    const tensors = await chainTensors(await chainOf(target, checkpointId));
    expect((await tensors.read(PROJECTOR)).data[1]).toBeCloseTo(Math.sin(2), 6);
  });
});

describe('an adapter with whole modules beside its pairs (modules_to_save)', () => {
  const folder = join(import.meta.dirname, '../../fixtures/peft-whole-modules');
  const fixture = async (path: string) => entry(`peft/${path}`, new Blob([await readFile(join(folder, path))]));
  const WHOLE = ['mm_projector.0.weight', 'mm_projector.0.bias', 'mm_projector.2.weight', 'mm_projector.2.bias', 'binary_classifier.fc3.weight', 'binary_classifier.fc3.bias']; // prettier-ignore

  it('is read as PEFT wrote it: projector and head are its own, the pairs are folded in, and it can be used and sent on', async () => {
    const drop = [await fixture('adapter_config.json'), await fixture('adapter_model.safetensors')];
    const { checkpointId, report } = await importModel(drop, TINY_MODEL_ID, { db: target, fetchFile });
    expect(report).toEqual({ matched: 4 + WHOLE.length, missing: [], unexpected: [], newlyInitialised: [], shapeClashes: [] });
    const written = await SafetensorsFile.open(new Blob([await readFile(join(folder, 'adapter_model.safetensors'))]));
    const tensors = await chainTensors(await chainOf(target, checkpointId));
    for (const name of WHOLE) {
      const theirs = await written.read(`base_model.model.model.${name}`);
      expect((await tensors.read(`model.${name}`)).data, name).toEqual(theirs.data);
    }
    const base = await chainTensors(await chainOf(target, TINY_MODEL_ID));
    const [q, before] = [await tensors.read(`${MODULE}.weight`), await base.read(`${MODULE}.weight`)];
    const [a, b] = [await written.read(A), await written.read(B)];
    const product = (b.data[0] ?? NaN) * (a.data[0] ?? NaN) + (b.data[1] ?? NaN) * (a.data[24] ?? NaN);
    expect(q.data[0]).toBeCloseTo((before.data[0] ?? NaN) + 3 * product, 5); // scale 6 / 2
    const out = await openZip(await exportModel(checkpointId, 'peft', { db: target, fetchFile }));
    expect([...out.keys()]).toEqual(expect.arrayContaining(['adapter_model.safetensors', 'non_lora_trainables.safetensors']));
  });

  it('is read with the names of older versions too', async () => {
    const config = entry('x/adapter_config.json', json({ ...CONFIG, modules_to_save: ['mm_projector'] }));
    const bias = wave([24], 3);
    const tensors = { [A]: wave([2, 24], 0), [B]: wave([24, 2], 0), 'base_model.model.model.mm_projector.modules_to_save.0.bias': bias };
    const drop = [config, entry('x/adapter_model.safetensors', safetensors(tensors))];
    const { checkpointId } = await importModel(drop, TINY_MODEL_ID, { db: target, fetchFile });
    const chain = await chainTensors(await chainOf(target, checkpointId));
    expect((await chain.read(PROJECTOR)).data).toEqual(bias.data);
  });
});
