// A peer in its own Node process.
import type { Call } from './protocol.ts';
import { nodePlatform } from './platform-node.ts';
import { serveHost } from './host.ts';

const handle = serveHost(nodePlatform, (reply) => process.send?.(reply));
process.on('message', (call: Call) => handle(call));
process.on('disconnect', () => process.exit());
