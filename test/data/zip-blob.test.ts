import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { zipBlob } from '../../workers/data/zip-blob.ts';

async function* files(fault?: Error) {
  yield { name: 'a.txt', input: 'one' };
  if (fault) throw fault;
  yield { name: 'b.txt', input: 'two' };
}

describe('a zip', () => {
  it('holds every file', async () => {
    const zip = await zipBlob(files());
    expect(Object.keys(unzipSync(new Uint8Array(await zip.arrayBuffer())))).toEqual(['a.txt', 'b.txt']);
  });

  it('that cannot be made says why in the words of what went wrong', async () => {
    const fault = new WorkbenchError('E-MISSING', 'b.txt is gone');
    await expect(zipBlob(files(fault))).rejects.toBe(fault);
  });
});
