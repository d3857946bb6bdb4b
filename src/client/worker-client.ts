// A worker that starts on the first call and starts again after it died.
import { WorkbenchError } from '../shared/errors.ts';
import type { ApiShape, Calls, Connection } from '../shared/rpc.ts';
import { connect, typedCalls } from '../shared/rpc.ts';

export interface WorkerClient<Api extends ApiShape<Api>> {
  readonly calls: Calls<Api>;
  /** Called with the reason each time the worker dies. Returns the unsubscribe function. */
  onDeath: (listener: (error: WorkbenchError) => void) => () => void;
  /** Ends the worker; pending calls reject with E-WORKER. The next call starts a new one. */
  terminate: () => void;
}

interface RunningWorker {
  worker: Worker;
  connection: Connection;
}

/**
 * Wraps a worker in typed calls.
 * @param create makes a new Worker; called on the first call and after each death
 * @param name for messages, such as "engine"
 */
export function createWorkerClient<Api extends ApiShape<Api>>(create: () => Worker, name: string): WorkerClient<Api> {
  const listeners = new Set<(error: WorkbenchError) => void>();
  let running: RunningWorker | null = null;

  const end = (target: RunningWorker, error: WorkbenchError) => {
    if (running !== target) return;
    running = null;
    target.worker.terminate();
    target.connection.fail(error);
    for (const listener of listeners) listener(error);
  };
  const start = (): RunningWorker => {
    const worker = create();
    const started = { worker, connection: connect(worker) };
    worker.addEventListener('error', (event) => end(started, workerDied(name, event.message)));
    worker.addEventListener('messageerror', () => end(started, workerDied(name, 'a message could not be read')));
    return started;
  };

  return {
    calls: typedCalls<Api>((call, params, options) => {
      running ??= start();
      return running.connection.send(call, params, options);
    }),
    onDeath: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    terminate: () => {
      if (running) end(running, workerDied(name, 'it was ended'));
    },
  };
}

function workerDied(name: string, cause: string | undefined): WorkbenchError {
  return new WorkbenchError('E-WORKER', `The ${name} worker stopped: ${cause || 'it could not be loaded'}.`, {
    safe: 'Everything that was stored before is still there.',
    remedy: 'Try again: the worker starts anew. Reload the page if it happens twice.',
  });
}
