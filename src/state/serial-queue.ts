// Jobs of one kind, one after another. The engine has a queue of its own; this one lets a page say who waits, and take it back.

export interface SerialQueue {
  /** Runs `work` when all earlier jobs have ended, and settles as it does; a job that was taken back ends at its turn. */
  add: (id: string, work: () => Promise<void>) => Promise<void>;
  /** Takes a waiting job back; one that has begun is not touched. */
  remove: (id: string) => void;
}

/** @param publish the ids that wait, in order, after each change */
export function createSerialQueue(publish: (waiting: readonly string[]) => void): SerialQueue {
  let waiting: readonly string[] = [];
  let tail: Promise<void> = Promise.resolve();
  let isBusy = false;
  const change = (next: readonly string[]) => {
    waiting = next;
    publish(next);
  };
  const begin = async (id: string, work: () => Promise<void>) => {
    if (!waiting.includes(id)) return;
    isBusy = true;
    change(waiting.filter((other) => other !== id));
    try {
      await work();
    } finally {
      isBusy = false;
    }
  };
  return {
    add: (id, work) => {
      if (waiting.includes(id)) return tail;
      // A first job must not be shown as waiting for the moment until its turn comes.
      if (isBusy || waiting.length > 0) change([...waiting, id]);
      else waiting = [id];
      const ended = tail.then(() => begin(id, work));
      tail = ended.catch(() => undefined); // who added it hears of it; the next one begins all the same
      return ended;
    },
    remove: (id) => change(waiting.filter((other) => other !== id)),
  };
}
