import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/shared/random.ts';
import { decodeUtf8 } from '../../../src/shared/text/utf8.ts';

describe('decodeUtf8', () => {
  it('equals TextDecoder on random bytes, most of them broken', () => {
    const random = RandomStream.fromText('utf8');
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const leads = [0x41, 0x80, 0xbf, 0xc1, 0xc2, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0x9f, 0xa0, 0x8f, 0x90, 0xff];
    for (let i = 0; i < 2000; i++) {
      const bytes = Uint8Array.from({ length: random.integer(9) }, () => random.pick(leads));
      expect(decodeUtf8(bytes).text).toBe(decoder.decode(bytes));
    }
  });

  it('knows the character of each byte', () => {
    const { text, unitOfByte } = decodeUtf8(new TextEncoder().encode('a😀é'));
    expect(text).toBe('a😀é');
    expect([...unitOfByte]).toEqual([0, 1, 1, 1, 1, 3, 3]);
  });
});
