// npm start: installs what is missing, builds, serves the page and prints its address.
//   --port N       first port to try (default 4173)
//   --host NAME    address to listen on (default: this machine only)
//   --no-build     serves what `npm run build` left in dist
//   --dist DIR     serves another built folder (with --no-build)
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureInstalled, requireNode, ROOT, run } from './prepare.mjs';
import { startStaticServer } from './static-server.mjs';

requireNode();
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4173' },
    host: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
    dist: { type: 'string', default: `${ROOT}dist` },
  },
});
if (!values['no-build']) {
  if (!ensureInstalled()) stop('The packages could not be installed. Check the network connection, then try again.');
  if (!run('npm', ['run', '--silent', 'build'])) stop('The build failed; the messages above say why.');
}
if (!existsSync(`${values.dist}/index.html`)) stop('There is no built page there. Run `npm start` without --no-build.');
const { url, close } = await startStaticServer({ root: values.dist, port: Number(values.port), host: values.host });
console.log(`\nPRPO Workbench is ready: ${url}\nOpen it in Chrome. Press Ctrl+C to stop.`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close().then(() => process.exit(0)));

function stop(message) {
  console.error(message);
  process.exit(1);
}
