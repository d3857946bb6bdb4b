// Collects the garbage of a page and its workers, so that what is resident afterwards is held and not only left lying about.
import type { CDPSession } from 'playwright-core';

const SETTLE_MS = 1500;

/** Asks V8 and Blink for a full collection in every thread of the page. Sessions of workers are reached through the page's own. */
export async function collectGarbage(session: CDPSession): Promise<void> {
  const workers: string[] = [];
  const onAttached = ({ sessionId }: { sessionId: string }) => workers.push(sessionId);
  session.on('Target.attachedToTarget', onAttached);
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  await session.send('HeapProfiler.collectGarbage');
  for (const sessionId of workers) {
    const message = JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' });
    await session.send('Target.sendMessageToTarget', { sessionId, message });
  }
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  await session.send('Target.setAutoAttach', { autoAttach: false, waitForDebuggerOnStart: false, flatten: false });
  session.off('Target.attachedToTarget', onAttached);
}
