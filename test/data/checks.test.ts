import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import { sha256Hex } from '../../src/shared/hash.ts';
import { readFileTraits } from '../../src/shared/image/file-traits.ts';
import { jpegQualityOf } from '../../src/shared/image/jpeg-tables.ts';
import { countBits, perceptualHash } from '../../src/shared/image/perceptual-hash.ts';
import { wilsonInterval } from '../../src/shared/metrics/proportion.ts';
import { RandomStream } from '../../src/shared/random.ts';
import { transact } from '../../src/shared/storage/database.ts';
import { listSamples, putSamples } from '../../src/shared/storage/samples.ts';
import { findNearPairs } from '../../workers/data/checks/near-pairs.ts';
import { healthReport, runChecks } from '../../workers/data/checks/run-checks.ts';
import { auditShortcuts } from '../../workers/data/checks/shortcuts.ts';
import { demoSample } from '../../workers/data/demo/generate.ts';
import { renderPortrait } from '../../workers/data/demo/portrait.ts';
import { demoKeys } from '../../workers/data/demo/rows.ts';
import type { ReadPixels } from '../../workers/data/picture.ts';
import { openTestDatabase } from '../support/database.ts';
import { someDataset, someSample } from '../support/records.ts';

const KEYS = [...demoKeys(9, 2)];
function portrait(index: number) {
  const key = KEYS[index];
  if (!key) throw new Error('no such portrait');
  const { data, width, height } = renderPortrait(demoSample(key).spec);
  return sharp(Buffer.from(data), { raw: { width, height, channels: 3 } });
}
const bytesOf = async (image: Sharp) => new Uint8Array(await image.toBuffer());

const readPixels: ReadPixels = async (blob) => {
  const { data, info } = await sharp(Buffer.from(await blob.arrayBuffer()))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
};

describe('traits of a file', () => {
  it('names the JPEG quality that libjpeg was asked for, and the chroma subsampling', async () => {
    for (const quality of [10, 35, 50, 75, 90, 100]) {
      const bytes = await bytesOf(portrait(0).jpeg({ quality }));
      expect(readFileTraits(bytes, 'jpeg')).toEqual({ hasExif: false, hasAlpha: false, jpegQuality: quality, chroma: '4:2:0' });
    }
    const full = await bytesOf(portrait(0).jpeg({ quality: 80, chromaSubsampling: '4:4:4' }));
    expect(readFileTraits(full, 'jpeg').chroma).toBe('4:4:4');
    expect(readFileTraits(await bytesOf(portrait(0).greyscale().toColourspace('b-w').jpeg()), 'jpeg').chroma).toBe('grey');
  });

  it('takes the nearest quality for a table that libjpeg does not write, of two the higher, as the metadata of the file do', async () => {
    const changed = async (quality: number, change: (entry: number, i: number) => number) => {
      const bytes = await bytesOf(portrait(0).jpeg({ quality }));
      const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xdb) + 5;
      return bytes.map((byte, i) => (i >= at && i < at + 64 ? change(byte, i - at) : byte));
    };
    const between = await changed(99, (entry, i) => (i > 51 ? 1 : entry)); // 11 entries from either
    for (const [bytes, quality] of [
      [await changed(62, (entry, i) => entry + (i % 16 === 0 ? 1 : 0)), 62],
      [between, 100],
    ] as const) {
      expect(readFileTraits(bytes, 'jpeg').jpegQuality).toBe(quality);
      expect(jpegQualityOf(bytes)).toEqual({ quality, isExact: false });
    }
  });

  it('finds EXIF in JPEG, PNG and WebP', async () => {
    const exif = { IFD0: { Software: 'test' } };
    expect(readFileTraits(await bytesOf(portrait(0).withExif(exif).jpeg()), 'jpeg').hasExif).toBe(true);
    expect(readFileTraits(await bytesOf(portrait(0).withExif(exif).png()), 'png').hasExif).toBe(true);
    expect(readFileTraits(await bytesOf(portrait(0).withExif(exif).webp()), 'webp').hasExif).toBe(true);
    expect(readFileTraits(await bytesOf(portrait(0).png()), 'png')).toEqual({
      hasExif: false,
      hasAlpha: false,
      jpegQuality: null,
      chroma: null,
    });
    expect(readFileTraits(await bytesOf(portrait(0).ensureAlpha().png()), 'png').hasAlpha).toBe(true);
  });
});

describe('the perceptual hash', () => {
  it('is what its formula gives for ramps: the mean, and the odd horizontal frequencies where it falls', () => {
    const rising = Float64Array.from({ length: 64 * 64 }, (_, i) => i % 64);
    expect(perceptualHash(rising, 64, 64)).toBe('8000000000000000');
    const falling = rising.map((value) => 200 - 2 * value);
    expect(perceptualHash(falling, 64, 64)).toBe('d500000000000000');
  });

  it('counts the bits of a word', () => {
    expect(countBits(-1)).toBe(32);
    expect(countBits(0x80000001 | 0)).toBe(2);
  });
});

describe('near pairs', () => {
  it('are exactly those that comparing everything with everything finds', () => {
    const random = RandomStream.fromText('near-pairs');
    const word = () => random.nextUint32().toString(16).padStart(8, '0');
    const hashes = Array.from({ length: 300 }, () => word() + word());
    const flip = (hash: string, bits: number) => {
      let value = BigInt(`0x${hash}`);
      for (let i = 0; i < bits; i++) value ^= 1n << BigInt(random.nextUint32() % 64);
      return value.toString(16).padStart(16, '0');
    };
    const all = [...hashes, ...hashes.slice(0, 120).map((hash, i) => flip(hash, i % 12))];
    const differing = (a: string, b: string) => (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length;
    const expected = all.flatMap((b, j) => all.slice(0, j).flatMap((a, i) => (differing(a, b) <= 8 ? [`${i} ${j}`] : [])));
    const found = [...findNearPairs(all, 8)].flatMap((pair) => ('done' in pair ? [] : [`${pair.a} ${pair.b}`]));
    expect(expected.length).toBeGreaterThan(80);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});

describe('the shortcut audit', () => {
  const hashFor = (i: number) => RandomStream.fromText(`hash ${i}`).nextUint32().toString(16);
  const samples = (count: number, fields: (i: number, isFake: boolean) => Partial<SampleRecord>) =>
    Array.from({ length: count }, (_, i) => {
      const isFake = i % 2 === 0;
      const path = `a/train/${isFake ? 'fake' : 'real'}/${i}.png`;
      return someSample({ datasetId: 'd', path, label: isFake ? 'fake' : 'real', sha256: hashFor(i), ...fields(i, isFake) });
    });

  it('finds that all fakes are PNG and all real ones JPEG', () => {
    const [first] = auditShortcuts(samples(200, (_, isFake) => ({ format: isFake ? 'png' : 'jpeg' })));
    expect(first).toMatchObject({ property: 'format', accuracy: 1, baseline: 0.5, level: 'strong', count: 200 });
    expect(first?.low).toBeCloseTo(wilsonInterval(200, 200)?.low ?? NaN, 12);
  });

  it('finds a threshold in the size of the file, in the right direction', () => {
    const findings = auditShortcuts(samples(200, (i, isFake) => ({ sizeBytes: (isFake ? 20_000 : 60_000) + (i % 37) * 100 })));
    const bytes = findings.find(({ property }) => property === 'bytes');
    expect(bytes).toMatchObject({ accuracy: 1, level: 'strong' });
    expect(bytes?.rule).toMatch(/^fake below \d+\.\d kB$/);
  });

  it('gives no credit for memorising: a size of its own for every image says nothing', () => {
    const random = RandomStream.fromText('audit');
    const findings = auditShortcuts(
      samples(400, () => ({ width: 100 + (random.nextUint32() % 900), sizeBytes: 1000 + (random.nextUint32() % 1_000_000) })),
    );
    expect(findings.map(({ property, level }) => `${property} ${level}`).toSorted()).toEqual([
      'bytes none',
      'bytes-per-pixel none',
      'dimensions none',
      'pixels none',
    ]);
  });

  it('says nothing about few images or about a property that all share', () => {
    expect(auditShortcuts(samples(12, (_, isFake) => ({ format: isFake ? 'png' : 'jpeg' })))).toEqual([]);
    expect(auditShortcuts(samples(200, () => ({})))).toEqual([]);
  });
});

describe('Wilson interval', () => {
  it('matches published values', () => {
    const { low = NaN, high = NaN } = wilsonInterval(81, 263) ?? {}; // Newcombe 1998, table I
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.2553', '0.3662']);
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});

/** Twelve portraits, one of them copied byte by byte into test, one re-encoded into val as real. */
async function storedSet() {
  const db = await openTestDatabase();
  const files: { path: string; bytes: Uint8Array<ArrayBuffer>; split: SampleRecord['split']; label: SampleRecord['label'] }[] = [];
  for (let i = 0; i < 12; i++)
    files.push({ path: `a/train/fake/${i}.png`, bytes: await bytesOf(portrait(i).png()), split: 'train', label: 'fake' });
  files.push({ path: 'a/test/fake/copy.png', bytes: await bytesOf(portrait(3).png()), split: 'test', label: 'fake' });
  files.push({
    path: 'a/val/real/again.jpg',
    bytes: await bytesOf(portrait(5).resize(96).jpeg({ quality: 60 })),
    split: 'val',
    label: 'real',
  });
  const samples = await Promise.all(
    files.map(async ({ path, bytes, split, label }) => {
      const blob = new Blob([bytes]);
      const format = path.endsWith('jpg') ? ('jpeg' as const) : ('png' as const);
      return {
        sample: someSample({ datasetId: 'd', path, split, label, format, sha256: await sha256Hex(bytes) }),
        image: blob,
        thumbnail: blob,
      };
    }),
  );
  await putSamples(db, samples, someDataset({ id: 'd', imageCount: samples.length, contentHash: 'c' }));
  return db;
}

describe('the checks of a dataset', () => {
  it('find the copy and the re-encoded picture, and are still known after a reload', async () => {
    const db = await storedSet();
    const context = { db, readPixels, signal: new AbortController().signal, progress: () => undefined };
    const report = await runChecks('d', context);
    expect(report.groups.map(({ kind, members }) => `${kind}: ${members.map(({ path }) => path).join(' ')}`)).toEqual([
      'exact: a/test/fake/copy.png a/train/fake/3.png',
      'near: a/train/fake/5.png a/val/real/again.jpg',
    ]);
    expect(report).toMatchObject({ checkedCount: 14, imageCount: 14 });
    expect(await healthReport(db, 'd')).toEqual(report);
    expect((await listSamples(db, 'd')).at(-1)?.checks).toMatchObject({ jpegQuality: 60, chroma: '4:2:0', hasExif: false });
  });

  it('go on past a file that is gone and count it, and say what is wrong where none can be read', async () => {
    const db = await storedSet();
    const context = { db, readPixels, signal: new AbortController().signal, progress: () => undefined };
    const forget = (id: string) => transact(db, ['images'], 'readwrite', (tx) => tx.objectStore('images').delete(id));
    await forget('d/a/train/fake/5.png');
    const report = await runChecks('d', context);
    expect(report).toMatchObject({ checkedCount: 13, imageCount: 14 });
    expect(report.groups.map(({ kind }) => kind)).toEqual(['exact']);
    expect(await runChecks('d', context)).toMatchObject({ checkedCount: 13 }); // again: only that one is left to read
    const none = await storedSet();
    await transact(none, ['images'], 'readwrite', (tx) => tx.objectStore('images').clear());
    await expect(runChecks('d', { ...context, db: none })).rejects.toMatchObject({ code: 'E-MISSING' });
  });

  it('stop when asked, keep what was read and do not read it again', async () => {
    const db = await storedSet();
    const abort = new AbortController();
    let read = 0;
    const counting: ReadPixels = (blob) => {
      read++;
      return readPixels(blob);
    };
    const progress = () => abort.abort();
    await expect(runChecks('d', { db, readPixels: counting, signal: abort.signal, progress })).rejects.toThrow();
    expect(read).toBe(14);
    expect((await healthReport(db, 'd')).checkedCount).toBe(14);
    expect((await healthReport(db, 'd')).comparedAt).toBeNull();
    const after = await runChecks('d', { db, readPixels: counting, signal: new AbortController().signal, progress: () => undefined });
    expect(after.groups).toHaveLength(2);
    expect(read).toBeLessThan(20); // the rest: pictures of candidate pairs
  });
});
