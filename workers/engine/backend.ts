// Which tfjs backend computes, and why. Starts it, watches it, and starts another one when a graphics device is lost.
import { memory } from '@tensorflow/tfjs-core';
import { toErrorRecord, WorkbenchError } from '../../src/shared/errors.ts';
import type { BackendName, EngineStatus, MemoryStatus } from '../../src/shared/engine-api.ts';
import type { DecodingConfig } from '../../src/shared/config/config.ts';
import type { EngineStamp } from '../../src/shared/domain/engine-stamp.ts';
import type { WebgpuHandle } from '../ml/backends/webgpu/create-backend.ts';
import { advanceDeviceEpoch } from '../ml/backends/webgpu/device-epoch.ts';
import type { AdapterProbe } from '../ml/backends/webgpu/probe-adapter.ts';
import type { EnginePlatform, SimdHandle } from './platform.ts';

type Surroundings = Pick<EnginePlatform, 'probeAdapter' | 'startWebgpu' | 'startSimd' | 'crossOriginIsolated' | 'cpuDescription'>;

/** Errors behind which no other one lies: of jobs that were told to end, and of missing memory. */
const OWN_CAUSES: ReadonlySet<string> = new Set(['E-CANCELLED', 'E-LOCKED', 'E-MEMORY']);

/** After so many lost devices the engine stays on the CPU. */
const MOST_LOSSES = 2;

export class EngineBackend {
  readonly #platform: Surroundings;
  #status: EngineStatus | null = null;
  #webgpu: WebgpuHandle | null = null;
  #simd: SimdHandle | null = null;
  #losses = 0;
  #lost: WorkbenchError | null = null;
  /** An error that the device reported apart from any call. */
  #fault: WorkbenchError | null = null;

  constructor(platform: Surroundings) {
    this.#platform = platform;
  }

  /**
   * Chooses and starts a backend.
   * @param forced by `?backend=`; a forced webgpu that cannot start falls back to simd, and the status says why
   */
  async start(forced?: BackendName): Promise<EngineStatus> {
    const probe = await this.#platform.probeAdapter();
    if (forced === 'simd') return this.#startSimd(probe, 'The CPU engine was chosen in the address.');
    if (forced === 'webgpu') return this.#startWebgpu(probe, 'WebGPU was chosen in the address.');
    if (!probe.available) return this.#startSimd(probe, `${probe.description} The CPU engine does everything, more slowly.`);
    if (probe.fallback)
      return this.#startSimd(probe, 'WebGPU has only a software adapter here; the CPU engine is many times faster than that.');
    return this.#startWebgpu(probe, 'This machine has a graphics processor that WebGPU can use.');
  }

  async #startWebgpu(probe: AdapterProbe, reason: string): Promise<EngineStatus> {
    try {
      this.#lost = null;
      this.#fault = null;
      this.#webgpu = await this.#platform.startWebgpu({
        onLost: (error) => (this.#lost = error),
        onError: (error) => this.#note(error),
      });
      return (this.#status = { ...this.#common(probe, reason), backend: 'webgpu', adapter: this.#webgpu.adapter.description, threads: 1 });
    } catch (error) {
      this.#webgpu = null;
      return this.#startSimd(
        probe,
        `WebGPU did not start (${error instanceof Error ? error.message : String(error)}), so the CPU engine is used.`,
      );
    }
  }

  /** The first error counts: those after it follow from it. Missing memory may be told a little later than what follows from it. */
  #note(error: WorkbenchError): void {
    if (this.#fault === null || (error.code === 'E-MEMORY' && this.#fault.code !== 'E-MEMORY')) this.#fault = error;
  }

  async #startSimd(probe: AdapterProbe, reason: string): Promise<EngineStatus> {
    this.#simd ??= await this.#platform.startSimd();
    const { threads, relaxedSimd } = this.#simd;
    const adapter = this.#platform.cpuDescription;
    return (this.#status = { ...this.#common(probe, reason), backend: 'simd', adapter, threads, relaxedSimd });
  }

  #common(probe: AdapterProbe, reason: string): EngineStatus {
    return {
      backend: 'simd',
      adapter: '',
      fallbackAdapter: probe.fallback,
      threads: 1,
      crossOriginIsolated: this.#platform.crossOriginIsolated,
      relaxedSimd: false,
      shaderF16: probe.f16,
      reason,
      ...(probe.gpu ? { gpu: probe.gpu } : {}),
      ...(this.#losses > 0 ? { deviceLosses: this.#losses } : {}),
    };
  }

  /** @throws E-INTERNAL before `start` */
  get status(): EngineStatus {
    if (this.#status) return this.#status;
    throw new WorkbenchError('E-INTERNAL', 'The engine was not started.');
  }

  /** What a record says of the engine that computed it. */
  get stamp(): EngineStamp {
    const { backend, adapter, threads } = this.status;
    return { backend, adapter, threads };
  }

  /** As `stamp`, for text written with these settings: only webgpu stores weights in less than f32. */
  stampOf({ precision }: DecodingConfig): EngineStamp {
    const isPacked = this.status.backend === 'webgpu' && precision !== undefined && precision !== 'f32';
    return isPacked ? { ...this.stamp, precision } : this.stamp;
  }

  /** The graphics device is gone: every tensor is lost. */
  get isLost(): boolean {
    return this.#lost !== null;
  }

  /**
   * To be called between two samples or steps.
   * @throws E-GPU-LOST, or what the device reported meanwhile (E-MEMORY, E-INTERNAL)
   */
  assertHealthy(): void {
    const fault = this.#lost ?? this.#fault;
    this.#fault = null;
    if (fault) throw fault;
  }

  /**
   * To be called after a job that threw, when its tensors are freed. A graphics device tells of missing memory apart from any call;
   * what is thrown then is only a consequence (a buffer that cannot be read), or nothing. The pool is emptied, because buffers that
   * were refused lie in it like good ones.
   * @returns what to report: the device's error, or the given one
   */
  async causeOf(error: unknown): Promise<unknown> {
    if (!this.#webgpu || this.#lost) return error;
    await this.#webgpu.runner.trim();
    const fault = this.#fault;
    this.#fault = null;
    return OWN_CAUSES.has(toErrorRecord(error).code) ? error : (fault ?? error);
  }

  /** Starts anew after a lost device; all models must have been dropped. */
  async recover(): Promise<EngineStatus> {
    this.#losses++;
    this.#lost = null;
    this.#webgpu?.dispose();
    this.#webgpu = null;
    const probe = await this.#platform.probeAdapter();
    if (this.#losses < MOST_LOSSES) return this.#startWebgpu(probe, 'The graphics device was lost once and made anew.');
    advanceDeviceEpoch(); // what is left of the lost device must not be used on the CPU either
    return this.#startSimd(probe, `The graphics device was lost ${this.#losses} times, so the CPU engine is used.`);
  }

  /** What all tensors together may take; null where the device does not tell, as WebGPU's. */
  get memoryLimit(): number | null {
    return this.#webgpu ? null : (this.#simd?.maximumBytes?.() ?? null);
  }

  memory(): MemoryStatus {
    const { numTensors, numBytes } = memory();
    const reservedBytes = this.#webgpu?.runner.poolBytes().allocatedBytes ?? this.#simd?.reservedBytes() ?? numBytes;
    return { numTensors, liveBytes: numBytes, reservedBytes };
  }
}
