// A peer in its own browser worker.
import type { Call } from './protocol.ts';
import { browserPlatform } from './platform-browser.ts';
import { serveHost } from './host.ts';

const handle = serveHost(browserPlatform, (reply) => self.postMessage(reply));
self.addEventListener('message', ({ data }: MessageEvent<Call>) => handle(data));
