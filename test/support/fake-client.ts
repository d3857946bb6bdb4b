// A worker client without a worker: the given handlers run on this thread. Calls that have none fail with E-INTERNAL.
import type { WorkerClient } from '../../src/client/worker-client.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import type { ApiShape, Handlers, SendCall } from '../../src/shared/rpc.ts';
import { typedCalls } from '../../src/shared/rpc.ts';

export interface FakeClient<Api extends ApiShape<Api>> extends WorkerClient<Api> {
  /** Plays the worker's death: listeners hear of it. */
  die: () => void;
  /** Names of the calls made so far. */
  readonly log: string[];
}

/** The fake of the engine: `createFakeEngineClient({ init: () => status })`. */
export type FakeEngineClient = FakeClient<EngineApi>;
export const createFakeEngineClient = (handlers: Partial<Handlers<EngineApi>>): FakeEngineClient => createFakeClient<EngineApi>(handlers);

/** A fake for any Api. Params and results are cloned as a port would do. */
export function createFakeClient<Api extends ApiShape<Api>>(handlers: Partial<Handlers<Api>>): FakeClient<Api> {
  const table = new Map(Object.entries(handlers) as [string, (params: unknown, context: object) => unknown][]);
  const listeners = new Set<(error: WorkbenchError) => void>();
  const log: string[] = [];
  const send: SendCall = async (name, params, { signal, onProgress } = {}) => {
    log.push(name);
    const handler = table.get(name);
    if (!handler) throw new WorkbenchError('E-INTERNAL', `The fake has no handler for "${name}".`);
    const context = { signal: signal ?? new AbortController().signal, progress: (value: unknown) => onProgress?.(value) };
    return structuredClone(await handler(structuredClone(params), context));
  };
  const die = () => {
    for (const listener of listeners) listener(new WorkbenchError('E-WORKER', 'The worker stopped.'));
  };
  return {
    calls: typedCalls<Api>(send),
    onDeath: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    terminate: die,
    die,
    log,
  };
}
