// Small helpers of long jobs: limited parallelism, throttled progress, pausing.

/** Maps with at most `limit` calls under way; results keep the order of the items. */
export async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}

const PROGRESS_INTERVAL_MS = 100;

/** Lets about ten events a second through; `isLast` always goes through. */
export function throttle<Value>(send: (value: Value) => void): (value: Value, isLast?: boolean) => void {
  let lastSentMs = -Infinity;
  return (value, isLast = false) => {
    const nowMs = performance.now();
    if (!isLast && nowMs - lastSentMs < PROGRESS_INTERVAL_MS) return;
    lastSentMs = nowMs;
    send(value);
  };
}

/** Holds a job while it is paused. */
export class PauseGate {
  #open: Promise<void> | null = null;
  #release: () => void = () => undefined;

  get paused(): boolean {
    return this.#open !== null;
  }

  set(paused: boolean): void {
    if (paused && !this.#open) {
      this.#open = new Promise((resolve) => {
        this.#release = resolve;
      });
    }
    if (!paused) {
      this.#open = null;
      this.#release();
    }
  }

  /** Resolves at once when not paused, else when resumed or when the job is stopped. */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#open || signal.aborted) return;
    await Promise.race([this.#open, new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))]);
  }
}
