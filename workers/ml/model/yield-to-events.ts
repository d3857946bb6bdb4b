// Long computations hand control back now and then, so that messages (cancel, pause) are heard.

const SLICE_MS = 40;
let lastYield = 0;

/** Lets waiting events run if none had a chance for 40 ms; a timer costs up to 4 ms in browsers, so not at every call. */
export async function yieldToEvents(): Promise<void> {
  if (performance.now() - lastYield < SLICE_MS) return;
  await new Promise((resolve) => setTimeout(resolve));
  lastYield = performance.now();
}
