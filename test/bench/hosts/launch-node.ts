// Starts peers as Node processes.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Channel, Launcher } from './host-client.ts';
import { PendingCalls } from './pending-calls.ts';
import type { Reply } from './protocol.ts';

export const nodeLauncher: Launcher = {
  description: `Node ${process.version}, one process per peer`,
  launch: () => Promise.resolve(launchProcess()),
  close: () => Promise.resolve(),
};

function launchProcess(): Channel {
  const path = fileURLToPath(new URL('node-host.ts', import.meta.url));
  const child = fork(path, [], { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
  const calls = new PendingCalls((call) => child.send(call));
  child.on('message', (reply: Reply) => calls.receive(reply));
  child.on('exit', (code) => calls.fail(`its process ended with ${code}`));
  const close = (): Promise<void> => {
    child.kill('SIGKILL');
    return Promise.resolve();
  };
  return { send: (request) => calls.send(request), close };
}
