import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { DataApi, ImportReview } from '../../src/shared/data-api.ts';
import type { Calls, Handlers } from '../../src/shared/rpc.ts';
import { connect, serve, typedCalls, withTransfer } from '../../src/shared/rpc.ts';

interface CountApi {
  add: { params: { a: number; b: number }; result: number; progress: never };
  count: { params: { to: number }; result: { reached: number }; progress: { at: number } };
  makeBuffer: { params: { length: number }; result: { buffer: ArrayBuffer }; progress: never };
  lengthOf: { params: { buffer: ArrayBuffer }; result: number; progress: never };
  fail: { params: { how: 'typed' | 'plain' | 'uncloneable' }; result: unknown; progress: never };
  hang: { params: Record<string, never>; result: never; progress: never };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

const handlers: Handlers<CountApi> = {
  add: ({ a, b }) => a + b,
  count: async ({ to }, { signal, progress }) => {
    for (let at = 1; at <= to; at++) {
      if (signal.aborted) return { reached: at - 1 };
      progress({ at });
      await pause();
    }
    return { reached: to };
  },
  makeBuffer: ({ length }) => {
    const buffer = new ArrayBuffer(length);
    return withTransfer({ buffer }, [buffer]);
  },
  lengthOf: ({ buffer }) => buffer.byteLength,
  fail: ({ how }) => {
    if (how === 'uncloneable') return () => 1;
    if (how === 'plain') throw new RangeError('too far');
    throw new WorkbenchError('E-SHAPE', 'Got [2], wanted [3].', { remedy: 'Pick another file.', details: { got: [2] } });
  },
  hang: (_params, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    }),
};

const ports: MessagePort[] = [];

function clientOf(port: MessagePort) {
  const { send, fail } = connect(port);
  return { calls: typedCalls<CountApi>(send), fail };
}

function connected() {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  serve<CountApi>(port2, handlers);
  return clientOf(port1);
}
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

async function rejection(promise: Promise<unknown>): Promise<WorkbenchError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof WorkbenchError) return error;
  throw new Error(`expected a WorkbenchError, got ${String(error)}`);
}

describe('RPC', () => {
  it('answers calls, each with its own result', async () => {
    const { calls } = connected();
    expect(await Promise.all([calls.add({ a: 1, b: 2 }), calls.add({ a: 3, b: 4 })])).toEqual([3, 7]);
  });

  it('delivers every progress event, in order, before the result', async () => {
    const { calls } = connected();
    const seen: number[] = [];
    const result = await calls.count({ to: 5 }, { onProgress: ({ at }) => seen.push(at) });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(result).toEqual({ reached: 5 });
  });

  it('lets a cancelled job return what it has', async () => {
    const { calls } = connected();
    const controller = new AbortController();
    const onProgress = ({ at }: { at: number }) => at === 3 && controller.abort();
    const { reached } = await calls.count({ to: 1_000 }, { signal: controller.signal, onProgress });
    expect(reached).toBeGreaterThanOrEqual(3);
    expect(reached).toBeLessThan(1_000);
  });

  it('rejects with E-CANCELLED when the job throws its abort reason', async () => {
    const { calls } = connected();
    const controller = new AbortController();
    const promise = calls.hang({}, { signal: controller.signal });
    controller.abort();
    expect((await rejection(promise)).code).toBe('E-CANCELLED');
  });

  it('does not send a call whose signal is aborted already', async () => {
    const { calls } = connected();
    expect((await rejection(calls.add({ a: 1, b: 1 }, { signal: AbortSignal.abort() }))).code).toBe('E-CANCELLED');
  });

  it('moves buffers both ways instead of copying them', async () => {
    const { calls } = connected();
    const { buffer } = await calls.makeBuffer({ length: 64 });
    expect(buffer.byteLength).toBe(64);
    expect(await calls.lengthOf({ buffer }, { transfer: [buffer] })).toBe(64);
    expect(buffer.byteLength).toBe(0);
  });

  it('rebuilds a typed error with its advice', async () => {
    const { calls } = connected();
    const error = await rejection(calls.fail({ how: 'typed' }));
    expect(error).toMatchObject({ code: 'E-SHAPE', message: 'Got [2], wanted [3].', remedy: 'Pick another file.', details: { got: [2] } });
  });

  it('turns unknown errors and results that cannot be cloned into E-INTERNAL', async () => {
    const { calls } = connected();
    expect(await rejection(calls.fail({ how: 'plain' }))).toMatchObject({ code: 'E-INTERNAL', message: 'too far' });
    expect((await rejection(calls.fail({ how: 'uncloneable' }))).code).toBe('E-INTERNAL');
  });

  it('says which call does not exist', async () => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    serve<{ add: CountApi['add'] }>(port2, { add: handlers.add });
    const { calls } = clientOf(port1);
    expect((await rejection(calls.count({ to: 1 }))).message).toContain('"count"');
  });

  it('rejects all pending and later calls when the worker died', async () => {
    const { calls, fail } = connected();
    const pending = [calls.hang({}), calls.hang({})];
    fail(new WorkbenchError('E-WORKER', 'The worker died.'));
    for (const promise of pending) expect((await rejection(promise)).code).toBe('E-WORKER');
    expect((await rejection(calls.add({ a: 1, b: 1 }))).code).toBe('E-WORKER');
  });

  it('can be returned from an async function', async () => {
    const open = async () => connected().calls;
    expect(await (await open()).add({ a: 2, b: 2 })).toBe(4);
  });

  it('derives params, progress and result from the Api', () => {
    type Review = Calls<DataApi>['review'];
    expectTypeOf<Awaited<ReturnType<Review>>>().toEqualTypeOf<ImportReview>();
    expectTypeOf<Parameters<Review>[0]>().toEqualTypeOf<DataApi['review']['params']>();
    // @ts-expect-error a call that is not in the Api does not compile
    expectTypeOf<Calls<DataApi>['explain']>().toBeAny();
  });
});
