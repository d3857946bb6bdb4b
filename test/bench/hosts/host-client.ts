// The run's side of a peer: typed calls, each with a time limit, because a peer that hangs must not stop the benchmark.
import type { Case } from '../cases.ts';
import type { PeerSpec } from '../peers/peer.ts';
import type { Request, Results } from './protocol.ts';

/** A process or worker that answers requests. */
export interface Channel {
  send: (request: Request) => Promise<unknown>;
  close: () => Promise<void>;
}

/** Where peers run. */
export interface Launcher {
  /** For the head of the report. */
  description: string;
  launch: () => Promise<Channel>;
  close: () => Promise<void>;
}

export class HostClient {
  readonly #channel: Channel;
  #closed = false;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** A call ran out of time, and the peer was ended. */
  get closed(): boolean {
    return this.#closed;
  }

  open(spec: PeerSpec, limitMs: number): Promise<Results['open']> {
    return this.#call<'open'>({ kind: 'open', spec }, limitMs);
  }

  prepare(work: Case['work'], limitMs: number): Promise<Results['prepare']> {
    return this.#call<'prepare'>({ kind: 'prepare', work }, limitMs);
  }

  verify(limitMs: number): Promise<Results['verify']> {
    return this.#call<'verify'>({ kind: 'verify' }, limitMs);
  }

  run(limitMs: number): Promise<Results['run']> {
    return this.#call<'run'>({ kind: 'run' }, limitMs);
  }

  release(limitMs: number): Promise<Results['release']> {
    return this.#call<'release'>({ kind: 'release' }, limitMs);
  }

  adapterSpeed(limitMs: number): Promise<Results['adapter-speed']> {
    return this.#call<'adapter-speed'>({ kind: 'adapter-speed' }, limitMs);
  }

  endure(steps: number, limitMs: number): Promise<Results['endurance']> {
    return this.#call<'endurance'>({ kind: 'endurance', steps }, limitMs);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#channel.close().catch((error: unknown) => console.error(`A peer did not end: ${String(error)}`));
  }

  /** The one place that trusts the other side to answer as `Results` says. */
  async #call<K extends keyof Results>(request: Request, limitMs: number): Promise<Results[K]> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer to "${request.kind}" after ${Math.round(limitMs / 1000)} s`)), limitMs);
    });
    const answer = this.#channel.send(request) as Promise<Results[K]>;
    answer.catch(() => {}); // may come after the limit, when nobody waits any more
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('no answer')) await this.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
