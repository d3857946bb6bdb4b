// The side of a peer: opens it, prepares one work at a time, runs and measures it. The same in Node and in the browser.
import { openPeer, type Peer, type PreparedWork } from '../peers/peer.ts';
import { installGpuMeter, readGpuMeter, resetGpuMeter } from './gpu-meter.ts';
import type { Platform } from './platform.ts';
import type { Call, Reply, Request, Results, Timing } from './protocol.ts';

/** Answers calls, one after another. */
export function serveHost(platform: Platform, post: (reply: Reply) => void): (call: Call) => void {
  const host = new PeerHost(platform);
  return ({ id, request }) => {
    host.handle(request).then(
      (result) => post({ id, result }),
      (error: unknown) => post({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  };
}

class PeerHost {
  readonly #platform: Platform;
  #peer: Peer | null = null;
  #backend = '';
  #work: PreparedWork | null = null;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  async handle(request: Request): Promise<Results[keyof Results]> {
    switch (request.kind) {
      case 'open':
        return this.#open(request);
      case 'prepare':
        this.#release();
        this.#work = await this.#opened().prepare(request.work);
        return null;
      case 'verify':
        return (await this.#prepared().verify?.()) ?? null;
      case 'run':
        return this.#run();
      case 'release':
        this.#release();
        return null;
      case 'adapter-speed':
        return (await import('../adapter-speed.ts')).measureAdapter();
      case 'endurance':
        return (await import('../endurance.ts')).endure(this.#opened(), request.steps);
    }
  }

  async #open({ spec }: Extract<Request, { kind: 'open' }>): Promise<Results['open']> {
    if (spec.backend === 'webgpu') {
      await this.#platform.installWebgpu();
      installGpuMeter();
    }
    this.#backend = spec.backend;
    this.#peer = await openPeer(spec, this.#platform);
    const { description, realGpu } = this.#peer;
    return { description, realGpu };
  }

  #opened(): Peer {
    if (!this.#peer) throw new Error('the peer was not opened');
    return this.#peer;
  }

  #prepared(): PreparedWork {
    if (!this.#work) throw new Error('no work was prepared');
    return this.#work;
  }

  async #run(): Promise<Timing> {
    const [work, peer] = [this.#prepared(), this.#opened()];
    peer.takePeakBytes?.();
    resetGpuMeter();
    const { processorMs } = this.#platform;
    const processorBefore = processorMs?.() ?? 0;
    const began = performance.now();
    const outcome = await work.run();
    const ms = performance.now() - began;
    const gpu = this.#backend === 'webgpu' ? readGpuMeter(ms) : undefined;
    const processor = processorMs ? { processorMs: processorMs() - processorBefore } : {};
    return { ms, ...processor, ...outcome, ...(gpu ? { gpu } : {}), peakBytes: gpu?.peakBytes ?? peer.takePeakBytes?.() };
  }

  #release(): void {
    this.#work?.dispose();
    this.#work = null;
  }
}
