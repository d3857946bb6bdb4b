// Asks the browser to keep the page usable without a network (workers/offline/service-worker.ts).

/** After the first paint and the engine's own files: storing ten megabytes must not slow the first answer down. */
const WAIT_MS = 4000;

/** Registers the service worker of a built page. @param onReady called when everything is stored */
export function keepOffline(onReady: () => void): void {
  // The type says it is always there; outside secure contexts and in some private windows it is not.
  const { serviceWorker }: { serviceWorker?: ServiceWorkerContainer } = navigator;
  if (!import.meta.env.PROD || !serviceWorker) return;
  void serviceWorker.ready.then(onReady);
  setTimeout(() => {
    // Without it the page works as before, with a network.
    serviceWorker.register('./service-worker.js').catch(() => undefined);
  }, WAIT_MS);
}
