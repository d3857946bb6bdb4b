// The fixtures were written by torch 2.15.0: see test/fixtures/torch-bin/README.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readPickle } from '../../../src/shared/formats/restricted-pickle.ts';
import { readTorchFile } from '../../../src/shared/formats/torch-file.ts';

const file = (name: string) => new Blob([readFileSync(join(import.meta.dirname, '../../fixtures/torch-bin', name))]);
const refusal = (code: string, text: string) => expect.objectContaining({ code, message: expect.stringContaining(text) });
const bytes = (...parts: (string | number)[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...new TextEncoder().encode(part)])));

describe('torch files', () => {
  it('give the tensors of a dictionary in every precision, views and transposes included', async () => {
    const tensors = await readTorchFile(file('mm_projector.bin'));
    const valuesOf = async (name: string) => {
      const { shape, data } = await tensors.read(name);
      return [shape, [...data]];
    };
    expect(tensors.names()).toEqual([
      'model.mm_projector.0.weight',
      'model.mm_projector.0.bias',
      'model.mm_projector.2.weight',
      'view',
      'b',
      'steps',
      'flag',
    ]);
    expect(await valuesOf('model.mm_projector.0.weight')).toEqual([
      [2, 3],
      [0, 1, 2, 3, 4, 5],
    ]);
    expect(await valuesOf('model.mm_projector.0.bias')).toEqual([[2], [1.5, -2]]);
    expect(await valuesOf('model.mm_projector.2.weight')).toEqual([
      [3, 2],
      [0, 3, 1, 4, 2, 5],
    ]);
    expect(await valuesOf('view')).toEqual([
      [1, 3],
      [3, 4, 5],
    ]);
    expect(await valuesOf('b')).toEqual([[2], [1, 3]]);
    expect(await valuesOf('steps')).toEqual([[], [7]]);
    expect(await valuesOf('flag')).toEqual([[2], [1, 0]]);
  });

  it('give state dictionaries and parameters', async () => {
    const state = await readTorchFile(file('state_dict.bin'));
    expect(state.names()).toEqual(['weight', 'bias']);
    expect([...(await state.read('weight')).data]).toEqual([0.25, -0.5]);
    expect([...(await (await readTorchFile(file('parameter.bin'))).read('p')).data]).toEqual([0.25, -0.5]);
  });

  it('that hold a whole module, which would run its code, are refused', async () => {
    await expect(readTorchFile(file('whole_module.bin'))).rejects.toThrowError(refusal('E-UNSUPPORTED', 'torch.nn.modules.linear.Linear'));
  });

  it('from before 1.6, cut short, or without weights are refused', async () => {
    await expect(readTorchFile(file('legacy.bin'))).rejects.toThrowError(refusal('E-UNSUPPORTED', 'before version 1.6'));
    await expect(readTorchFile(file('state_dict.bin').slice(0, 1500))).rejects.toThrowError(refusal('E-SCHEMA', 'cut short'));
    await expect(readTorchFile(new Blob([zipSync({ 'x/data.pkl': bytes(0x80, 2, 'N.') }).slice()]))).rejects.toThrowError(
      refusal('E-SCHEMA', 'no dictionary'),
    );
  });
});

describe('the pickle reader', () => {
  it('refuses a call of a system function without making it', () => {
    // What pickle.dumps writes for an object whose __reduce__ is (os.system, ("echo hacked",)).
    const attack = bytes(0x80, 2, 'cposix\nsystem\n', 0x58, 11, 0, 0, 0, 'echo hacked', 0x85, 0x52, '.');
    expect(() => readPickle(attack)).toThrowError(refusal('E-UNSUPPORTED', 'posix.system'));
    const modern = bytes(0x80, 4, 0x8c, 8, 'builtins', 0x8c, 4, 'eval', 0x93, '.');
    expect(() => readPickle(modern)).toThrowError(refusal('E-UNSUPPORTED', 'builtins.eval'));
  });

  it('refuses opcodes that weights do not need, naming opcode and place', () => {
    expect(() => readPickle(bytes(0x80, 2, 'N', 0x81, '.'))).toThrowError(refusal('E-UNSUPPORTED', 'opcode 0x81 at byte 3'));
    expect(() => readPickle(bytes(0x80, 9, 'N.'))).toThrowError(refusal('E-UNSUPPORTED', 'protocol'));
  });

  it('refuses pickles that are cut short or in disorder', () => {
    expect(() => readPickle(bytes(0x80, 2, 0x58, 255, 0, 0, 0, 'x'))).toThrowError(refusal('E-SCHEMA', 'cut short'));
    expect(() => readPickle(bytes(0x80, 2, 'ctorch\nFloat'))).toThrowError(refusal('E-SCHEMA', 'cut short'));
    expect(() => readPickle(bytes(0x80, 2, 'e.'))).toThrowError(refusal('E-UNSUPPORTED', 'disorder'));
    expect(() => readPickle(bytes(0x80, 2, 'h', 5, '.'))).toThrowError(refusal('E-UNSUPPORTED', 'never held'));
  });

  it('reads numbers of every width', () => {
    const numbers = bytes(
      0x80,
      2,
      ']',
      '(',
      'K',
      200,
      'M',
      1,
      2,
      'J',
      254,
      255,
      255,
      255,
      0x8a,
      0,
      0x8a,
      2,
      0,
      128,
      'G',
      0x3f,
      0xf8,
      0,
      0,
      0,
      0,
      0,
      0,
      'e.',
    );
    expect(readPickle(numbers)).toEqual([200, 513, -2, 0, -32768, 1.5]);
  });
});
