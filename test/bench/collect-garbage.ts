// Collects the garbage of a page and its workers, so that what is resident afterwards is held and not only left lying about.
import type { CDPSession } from 'playwright-core';

const SETTLE_MS = 1500;

/** What a thread holds after a collection, bytes. */
export interface HeldHeap {
  /** `page`, or the worker's file without its hash. */
  thread: string;
  /** Objects of JavaScript. */
  usedBytes: number;
  /** Array buffers and WebAssembly memory. */
  buffersBytes: number;
}

interface HeapUsage {
  usedSize: number;
  backingStorageSize?: number;
}

/** Asks V8 and Blink for a full collection in every thread of the page. Sessions of workers are reached through the page's own. */
export async function collectGarbage(session: CDPSession): Promise<HeldHeap[]> {
  const workers = new Map<string, string>();
  const heaps: HeldHeap[] = [];
  const onAttached = ({ sessionId, targetInfo }: { sessionId: string; targetInfo: { url: string } }) => {
    workers.set(sessionId, threadName(targetInfo.url));
  };
  const onMessage = ({ sessionId, message }: { sessionId: string; message: string }) => {
    const { id, result }: { id?: number; result?: HeapUsage } = JSON.parse(message);
    if (id === 2 && result) heaps.push(heldHeap(workers.get(sessionId) ?? '', result));
  };
  session.on('Target.attachedToTarget', onAttached);
  session.on('Target.receivedMessageFromTarget', onMessage);
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  await session.send('HeapProfiler.collectGarbage');
  const toWorkers = async (id: number, method: string) => {
    for (const sessionId of workers.keys())
      await session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) });
  };
  await toWorkers(1, 'HeapProfiler.collectGarbage');
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  heaps.push(heldHeap('page', await session.send('Runtime.getHeapUsage')));
  await toWorkers(2, 'Runtime.getHeapUsage');
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  await session.send('Target.setAutoAttach', { autoAttach: false, waitForDebuggerOnStart: false, flatten: false });
  session.off('Target.attachedToTarget', onAttached);
  session.off('Target.receivedMessageFromTarget', onMessage);
  return heaps;
}

function heldHeap(thread: string, { usedSize, backingStorageSize = 0 }: HeapUsage): HeldHeap {
  return { thread, usedBytes: usedSize, buffersBytes: backingStorageSize };
}

/** `data.worker` for `…/assets/data.worker-Dx3f.js`. */
function threadName(url: string): string {
  return (url.split('/').at(-1) ?? url).replace(/-[\w-]{8}\.js$|\.js$/, '');
}
