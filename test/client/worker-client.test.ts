import { describe, expect, it, vi } from 'vitest';
import { createWorkerClient } from '../../src/client/worker-client.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { serve } from '../../src/shared/rpc.ts';

interface EchoApi {
  echo: { params: string; result: string; progress: never };
  hang: { params: null; result: never; progress: never };
}

/** A Worker's face over a channel; the other end serves the calls on this thread. */
class FakeWorker extends EventTarget implements Worker {
  onmessage = null;
  onmessageerror = null;
  onerror = null;
  readonly terminate = vi.fn(() => this.#port.close());
  readonly #port: MessagePort;

  constructor() {
    super();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.addEventListener('message', (event) => this.dispatchEvent(new MessageEvent('message', { data: event.data })));
    port1.start();
    serve<EchoApi>(port2, { echo: (text) => text, hang: () => new Promise(() => undefined) });
  }

  postMessage(message: unknown): void {
    this.#port.postMessage(message);
  }

  crash(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }
}

function startClient() {
  const workers: FakeWorker[] = [];
  const create = () => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  };
  return { workers, client: createWorkerClient<EchoApi>(create, 'test') };
}

describe('a worker client', () => {
  it('starts its worker with the first call and keeps it', async () => {
    const { workers, client } = startClient();
    expect(workers).toHaveLength(0);
    expect([await client.calls.echo('a'), await client.calls.echo('b')]).toEqual(['a', 'b']);
    expect(workers).toHaveLength(1);
    client.terminate();
  });

  it('rejects pending calls when the worker dies, tells its listeners, and starts a new one', async () => {
    const { workers, client } = startClient();
    const deaths: WorkbenchError[] = [];
    const stop = client.onDeath((error) => deaths.push(error));
    const pending = client.calls.hang(null);
    workers[0]?.crash('out of memory');
    await expect(pending).rejects.toMatchObject({ code: 'E-WORKER', message: 'The test worker stopped: out of memory.' });
    expect(deaths).toHaveLength(1);
    expect(workers[0]?.terminate).toHaveBeenCalledOnce();
    expect(await client.calls.echo('again')).toBe('again');
    expect(workers).toHaveLength(2);
    stop();
    workers[1]?.crash('again');
    expect(deaths).toHaveLength(1);
  });

  it('ends its worker on request', async () => {
    const { workers, client } = startClient();
    const pending = client.calls.hang(null);
    client.terminate();
    await expect(pending).rejects.toMatchObject({ code: 'E-WORKER' });
    expect(workers[0]?.terminate).toHaveBeenCalledOnce();
  });
});
