// Typed calls over a Worker or MessagePort: ids, progress, cancel, transfer lists, typed errors. Knows nothing of what is called.
//
// Five messages: call and cancel go one way; progress, result and error come back. A cancelled call settles when the other
// side answers: a job that stops early may still have a result (an import keeps what is whole).
import type { ErrorRecord } from './errors.ts';
import { fromErrorRecord, toErrorRecord, WorkbenchError } from './errors.ts';

/** A call's shape: what is asked, what is answered, what is told on the way. */
export interface CallSpec {
  params: unknown;
  result: unknown;
  progress: unknown;
}

/** An interface whose members are all `CallSpec`s, such as `EngineApi`. */
export type ApiShape<Api> = { [Name in keyof Api]: CallSpec };

/** What both ends need of a Worker, a MessagePort or a worker's own scope. */
export interface RpcPort {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
  /** MessagePorts queue until started. */
  start?(): void;
}

export interface CallOptions<Progress = unknown> {
  /** Aborting asks the other side to stop; the promise settles with what it answers. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Buffers and ports in the params that move instead of being copied. */
  transfer?: Transferable[];
}

/** The client's face: one async method per call. */
export type Calls<Api extends ApiShape<Api>> = {
  readonly [Name in keyof Api]: (params: Api[Name]['params'], options?: CallOptions<Api[Name]['progress']>) => Promise<Api[Name]['result']>;
};

export interface CallContext<Progress> {
  signal: AbortSignal;
  progress: (progress: Progress) => void;
}

/** The server's face: one function per call. It may throw; `signal.reason` is a WorkbenchError with E-CANCELLED. */
export type Handlers<Api extends ApiShape<Api>> = {
  readonly [Name in keyof Api]: (
    params: Api[Name]['params'],
    context: CallContext<Api[Name]['progress']>,
  ) => Promise<Api[Name]['result']> | Api[Name]['result'];
};

type ToServer = { type: 'call'; id: number; name: string; params: unknown } | { type: 'cancel'; id: number };
type ToClient =
  | { type: 'progress'; id: number; value: unknown }
  | { type: 'result'; id: number; value: unknown }
  | { type: 'error'; id: number; error: ErrorRecord };

/** One call by name, untyped; `typedCalls` gives it types. */
export type SendCall = (name: string, params: unknown, options?: CallOptions) => Promise<unknown>;

interface PendingCall {
  resolve: (value: unknown) => void;
  reject: (error: WorkbenchError) => void;
  onProgress: ((progress: unknown) => void) | undefined;
  /** Takes the abort listener off the signal. */
  release: () => void;
}

/** A connection's sending end. */
export interface Connection {
  send: SendCall;
  /** Rejects every pending and later call, for example when the worker died. */
  fail: (error: WorkbenchError) => void;
}

/** Gives `send` the methods of an Api. */
export function typedCalls<Api extends ApiShape<Api>>(send: SendCall): Calls<Api> {
  const methods = new Map<string, (params: unknown, options?: CallOptions) => Promise<unknown>>();
  const method = (name: string) => {
    const known = methods.get(name) ?? ((params: unknown, options?: CallOptions) => send(name, params, options));
    methods.set(name, known);
    return known;
  };
  // `then` must stay undefined, or a client that is returned from an async function would be called as a promise.
  const get = (_target: object, name: string | symbol) => (typeof name === 'string' && name !== 'then' ? method(name) : undefined);
  return new Proxy({}, { get }) as Calls<Api>;
}

/** Opens the sending end of a port. */
export function connect(port: RpcPort): Connection {
  const pending = new Map<number, PendingCall>();
  let nextId = 1;
  let failure: WorkbenchError | null = null;

  const take = (id: number) => {
    const call = pending.get(id);
    pending.delete(id);
    call?.release();
    return call;
  };
  port.addEventListener('message', (event) => {
    const message = event.data as ToClient;
    if (message.type === 'progress') pending.get(message.id)?.onProgress?.(message.value);
    else if (message.type === 'result') take(message.id)?.resolve(message.value);
    else if (message.type === 'error') take(message.id)?.reject(fromErrorRecord(message.error));
  });
  port.start?.();

  const post = (message: ToServer, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  const send: SendCall = (name, params, { signal, onProgress, transfer } = {}) =>
    new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      if (signal?.aborted) return reject(cancelled());
      const id = nextId++;
      post({ type: 'call', id, name, params }, transfer); // throws, and so rejects, when params cannot be cloned
      const cancel = () => post({ type: 'cancel', id });
      signal?.addEventListener('abort', cancel, { once: true });
      pending.set(id, { resolve, reject, onProgress, release: () => signal?.removeEventListener('abort', cancel) });
    });
  const fail = (error: WorkbenchError) => {
    failure = error;
    for (const id of pending.keys()) take(id)?.reject(error); // deleting the current key is safe
  };
  return { send, fail };
}

/** Answers the calls that arrive on `port`. Calls run at once and side by side: queues are the handlers' business. */
export function serve<Api extends ApiShape<Api>>(port: RpcPort, handlers: Handlers<Api>): void {
  const table = new Map(Object.entries<Handler>(handlers));
  const running = new Map<number, AbortController>();
  const post = (message: ToClient, transfer: Transferable[] = []) => port.postMessage(message, transfer);

  const answer = async (id: number, name: string, params: unknown) => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const handler = table.get(name);
      if (!handler) throw new WorkbenchError('E-INTERNAL', `No call is named "${name}".`);
      const progress = (value: unknown) => post({ type: 'progress', id, value });
      const value = await handler(params, { signal: controller.signal, progress });
      post({ type: 'result', id, value }, transferListOf(value));
    } catch (error) {
      post({ type: 'error', id, error: toErrorRecord(error) });
    } finally {
      running.delete(id);
    }
  };
  port.addEventListener('message', (event) => {
    const message = event.data as ToServer;
    if (message.type === 'call') void answer(message.id, message.name, message.params);
    else if (message.type === 'cancel') running.get(message.id)?.abort(cancelled());
  });
  port.start?.();
}

type Handler = (params: unknown, context: CallContext<unknown>) => unknown;

const transferLists = new WeakMap<object, Transferable[]>();

/** Marks a handler's result: `transfer` moves to the caller instead of being copied. Returns `result`. */
export function withTransfer<Result extends object>(result: Result, transfer: Transferable[]): Result {
  transferLists.set(result, transfer);
  return result;
}

function transferListOf(value: unknown): Transferable[] {
  return (typeof value === 'object' && value !== null && transferLists.get(value)) || [];
}

function cancelled(): WorkbenchError {
  return new WorkbenchError('E-CANCELLED', 'Stopped.');
}
