// One compute thread. The same plain file is a module worker in the browser and a worker_threads worker in Node. It never returns;
// it ends by terminate(). The addresses are those of kernels/simd/assembly/op-codes.ts, in 4-byte words; the protocol is described
// in assembly/index.ts.
const [CHUNKS, DONE, GENERATION, ASLEEP, WAITING, FAILED, OPEN] = [64, 128, 192, 256, 320, 384, 768].map((address) => address >> 2);

/** While a list is open, a thread that found nothing to do looks again after this long, in case that nobody saw it fall asleep. */
const LOOK_AGAIN_MS = 1;

function wakeOthers(words) {
  if (Atomics.exchange(words, ASLEEP, 0) === 0) return;
  Atomics.add(words, GENERATION, 1);
  Atomics.notify(words, GENERATION);
}

/** Takes chunks, sleeps when idle, forever. */
function serve(exports, words) {
  for (;;) {
    // Read before looking for work: a list begun later makes the wait return at once.
    const generation = Atomics.load(words, GENERATION);
    exports.help();
    const [engineWaits, isWorkLeft] = [Atomics.load(words, WAITING) !== 0, Atomics.load(words, CHUNKS) > 0];
    if (engineWaits) Atomics.notify(words, DONE);
    if (isWorkLeft) wakeOthers(words);
    if (engineWaits || isWorkLeft) continue;
    Atomics.store(words, ASLEEP, 1);
    Atomics.wait(words, GENERATION, generation, Atomics.load(words, OPEN) ? LOOK_AGAIN_MS : Infinity);
  }
}

async function start({ module, memory, thread }, post) {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const words = new Int32Array(memory.buffer, 0, 1024);
  exports.setThread(thread);
  post('ready');
  try {
    serve(exports, words);
  } catch (error) {
    // A trap loses the chunk it was in: tell the engine, which waits for done + failed chunks.
    Atomics.add(words, FAILED, 1);
    Atomics.notify(words, DONE);
    throw error;
  }
}

const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
if (node?.parentPort) {
  const port = node.parentPort;
  port.once('message', (message) => start(message, (reply) => port.postMessage(reply)));
} else {
  globalThis.addEventListener('message', (event) => start(event.data, (reply) => globalThis.postMessage(reply)));
}
