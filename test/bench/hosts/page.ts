// The page that owns the peers' workers; driven from outside.
import { PendingCalls } from './pending-calls.ts';
import type { Reply, Request } from './protocol.ts';

const workers = new Map<number, { worker: Worker; calls: PendingCalls }>();

function launch(id: number): void {
  const worker = new Worker(new URL('./browser-host.ts', import.meta.url), { type: 'module' });
  const calls = new PendingCalls((call) => worker.postMessage(call));
  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => calls.receive(data));
  worker.addEventListener('error', ({ message }) => calls.fail(`its worker failed: ${message}`));
  workers.set(id, { worker, calls });
}

function call(id: number, request: Request): Promise<unknown> {
  const found = workers.get(id);
  return found ? found.calls.send(request) : Promise.reject(new Error(`no worker ${id}`));
}

function close(id: number): void {
  workers.get(id)?.worker.terminate();
  workers.delete(id);
}

const benchPage = { launch, call, close, isolated: globalThis.crossOriginIsolated };

declare global {
  /** What page.ts puts on the page. */
  var bench: typeof benchPage;
}

globalThis.bench = benchPage;
