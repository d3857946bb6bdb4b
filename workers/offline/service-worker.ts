// Keeps the built page usable without a network, and isolated and strict on hosts that cannot send the headers for it.
// It asks nothing of the user: a new version is stored in the background and takes over when the last page of the old one is
// closed, so that no running job ever meets new code.
import { withHeaders } from './with-headers.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build (workers/node/offline-plugin.ts): files relative to the page, a hash over them, the server's headers. */
declare const OFFLINE_FILES: readonly string[];
declare const OFFLINE_VERSION: string;
declare const OFFLINE_HEADERS: Readonly<Record<string, string>>;

const PREFIX = 'prpo-workbench-';
const CACHE = PREFIX + OFFLINE_VERSION;

self.addEventListener('install', (event) => event.waitUntil(storeAll()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method === 'GET' && url.startsWith(self.registration.scope)) event.respondWith(answer(event.request));
});

/** All files or none: a worker whose installation fails is tried again later. */
async function storeAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const path of OFFLINE_FILES) {
    const url = new URL(path, self.registration.scope).href;
    const known = isHashed(url) ? await caches.match(url) : undefined; // an older version's file of the same content
    const response = known ?? (await fetch(url, { cache: 'no-cache' }));
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    await cache.put(url, response);
  }
}

async function takeOver(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The build puts a hash of the content into these names. */
const isHashed = (url: string): boolean => url.includes('/assets/');

/** Hashed files from the cache; everything else from the network while there is one, so that a rebuilt page shows at once. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  if (isHashed(request.url)) {
    const known = await cache.match(request.url);
    if (known) return complete(known);
  }
  try {
    return complete(await fetch(request));
  } catch (error) {
    const stored =
      request.mode === 'navigate' ? await cache.match(self.registration.scope) : await cache.match(request.url, { ignoreSearch: true });
    if (stored) return complete(stored);
    throw error;
  }
}

const complete = (response: Response): Response => withHeaders(response, OFFLINE_HEADERS);
