// Long work that can be given up: a generator that yields now and then.

/** Yields the share of the work that is done, 0..1. */
export type Steps<Result> = Generator<number, Result>;

/** Lets messages in between the steps. @param onShare is told how much is done @throws the signal's reason */
export async function finishUnlessAborted<Result>(
  steps: Steps<Result>,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<Result> {
  for (;;) {
    signal.throwIfAborted();
    const step = steps.next();
    if (step.done) return step.value;
    onShare(step.value);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
