// What the engine needs of its surroundings. The browser's side is browser-platform.ts; tests give their own.
import type { WorkbenchError } from '../../src/shared/errors.ts';
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
  /** The most that it can take; unknown where absent. */
  maximumBytes?: () => number;
}

/** Who wants to write, and how it is told that it no longer may. */
export interface WriterClaim {
  /** The evaluation or run. */
  recordId: string;
  /** Take the right from the tab that has it. */
  takeOver: boolean;
  /** Another tab has taken the right: `work` must end and store nothing more. */
  onTaken: (error: WorkbenchError) => void;
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
  /** Runs `work` while no other tab runs a job. @throws E-LOCKED when one does, or when one has taken the work over */
  asOnlyWriter: <Result>(work: () => Promise<Result>, claim: WriterClaim) => Promise<Result>;
  crossOriginIsolated: boolean;
  /** What the CPU is, in plain words. */
  cpuDescription: string;
}
