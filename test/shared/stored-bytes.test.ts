import { expect, it } from 'vitest';
import { EXTRA_BYTES_PER_IMAGE, storedBytes } from '../../src/shared/stored-bytes.ts';

it('counts pictures only where they are stored here', () => {
  const dataset = { sizeBytes: 5_000_000, imageCount: 30 };
  expect(storedBytes(dataset)).toBe(5_000_000);
  for (const pictures of ['linked', 'thumbnails'] as const) expect(storedBytes({ ...dataset, pictures })).toBe(30 * EXTRA_BYTES_PER_IMAGE);
});
