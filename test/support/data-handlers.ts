// The data worker's handlers without a worker: pictures are sniffed, not decoded; nothing is fetched.
import { encode } from 'fast-png';
import { sniffImage } from '../../src/shared/image/sniff.ts';
import type { DataApi } from '../../src/shared/data-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { createDataHandlers } from '../../workers/data/handlers.ts';

const refuse = () => Promise.reject(new Error('not used here'));

/** The handlers on a database of the test's own. */
export function sniffingDataHandlers(db: Database): Handlers<DataApi> {
  return createDataHandlers({
    openDb: async () => db,
    readPicture: async (bytes) => {
      const { orientationAt: _, ...facts } = sniffImage(bytes);
      return { ...facts, thumbnail: new Blob() };
    },
    readPixels: refuse,
    fetchFile: refuse,
    storageStatus: async () => ({ usedBytes: 0, quotaBytes: 1e9, persisted: false }),
    asOnlyWriter: (work) => work(),
  });
}

/** A PNG of 2 x 2 equal pixels, its bytes told apart by the grey value. */
export function tinyPng(grey: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encode({ width: 2, height: 2, data: new Uint8Array(12).fill(grey), channels: 3, depth: 8 }));
}
