// What the engine needs of its surroundings. The browser's side is browser-platform.ts; tests give their own.
import type { DecodedImage } from '../../src/shared/image/decode.ts';
import type { FetchFile } from '../../src/shared/models/fetch-file.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import type { AdapterProbe } from '../ml/backends/webgpu/probe-adapter.ts';
import type { WebgpuHandle, WebgpuOptions } from '../ml/backends/webgpu/create-backend.ts';

/** The CPU engine after its start. */
export interface SimdHandle {
  threads: number;
  relaxedSimd: boolean;
  /** Bytes that its memory has taken from the system. */
  reservedBytes: () => number;
}

export interface EnginePlatform {
  openDb: () => Promise<Database>;
  fetchFile: FetchFile;
  /** @throws E-IMAGE */
  decode: (bytes: Uint8Array) => Promise<DecodedImage>;
  probeAdapter: () => Promise<AdapterProbe>;
  /** Makes `webgpu` the current tfjs backend. @throws E-NO-GPU */
  startWebgpu: (options: WebgpuOptions) => Promise<WebgpuHandle>;
  /** Makes `simd` the current tfjs backend. */
  startSimd: () => Promise<SimdHandle>;
  /** Runs `work` while no other tab runs a job; throws E-LOCKED at once when one does. */
  asOnlyWriter: <Result>(work: () => Promise<Result>) => Promise<Result>;
  crossOriginIsolated: boolean;
  /** What the CPU is, in plain words. */
  cpuDescription: string;
}
