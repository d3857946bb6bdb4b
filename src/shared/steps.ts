// Long work that can be given up: a generator that yields now and then.

/** Lets messages in between the steps. @throws the signal's reason */
export async function finishUnlessAborted<Result>(steps: Generator<void, Result>, signal: AbortSignal): Promise<Result> {
  for (;;) {
    signal.throwIfAborted();
    const step = steps.next();
    if (step.done) return step.value;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
