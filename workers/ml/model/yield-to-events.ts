// Long computations hand control back now and then, so that messages (cancel, pause) are heard.

const SLICE_MS = 40;
let lastYield = 0;

/** Lets waiting events run if none had a chance for 40 ms. */
export async function yieldToEvents(): Promise<void> {
  if (performance.now() - lastYield < SLICE_MS) return;
  await nextTask();
  lastYield = performance.now();
}

/** By a message: browsers delay a timer that was set by a timer by 4 ms. The port is closed, as an open one keeps a Node process alive. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener(
      'message',
      () => {
        port1.close();
        resolve();
      },
      { once: true },
    );
    port1.start();
    port2.postMessage(null);
  });
}
