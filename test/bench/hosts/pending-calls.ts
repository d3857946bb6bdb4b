// Matches replies to calls.
import type { Call, Reply, Request } from './protocol.ts';

/** A host seen through two one-way channels. */
export class PendingCalls {
  readonly #pending = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  readonly #post: (call: Call) => void;
  #next = 0;

  constructor(post: (call: Call) => void) {
    this.#post = post;
  }

  send(request: Request): Promise<unknown> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#post({ id, request });
    });
  }

  receive(reply: Reply): void {
    const call = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ('error' in reply) call?.reject(new Error(reply.error));
    else call?.resolve(reply.result);
  }

  /** Rejects everything under way. */
  fail(reason: string): void {
    for (const call of this.#pending.values()) call.reject(new Error(reason));
    this.#pending.clear();
  }
}
