// Serves a folder over HTTP with the production headers. No dependencies, so that it runs before and without an install.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { createGzip } from 'node:zlib';
import { PRODUCTION_HEADERS } from './server-headers.mjs';

/** Content type and whether compressing pays. */
const TYPES = {
  '.html': ['text/html; charset=utf-8', true],
  '.js': ['text/javascript; charset=utf-8', true],
  '.css': ['text/css; charset=utf-8', true],
  '.json': ['application/json', true],
  '.webmanifest': ['application/manifest+json', true],
  '.svg': ['image/svg+xml', true],
  '.wasm': ['application/wasm', true],
  '.txt': ['text/plain; charset=utf-8', true],
  '.png': ['image/png', false],
  '.webp': ['image/webp', false],
  '.woff2': ['font/woff2', false],
  '.safetensors': ['application/octet-stream', false],
};
const TRIED_PORTS = 50;
const LOOPBACK = '127.0.0.1';

/**
 * Starts a server on the first free port from `port` on.
 * @param {{ root: string, port: number, host?: string }} options `root` is the folder to serve
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startStaticServer({ root, port, host = LOOPBACK }) {
  const server = createServer((request, response) => {
    serveFile(resolve(root), request, response).catch((error) => {
      response.destroy(error);
    });
  });
  const chosen = await listen(server, port, host);
  return {
    // Browsers trust both names; `localhost` is the one that people know.
    url: `http://${host === LOOPBACK ? 'localhost' : host}:${chosen}/`,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

async function serveFile(root, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
  const path = fileFor(root, request.url ?? '/');
  const info = path ? await stat(path).catch(() => null) : null;
  if (!path || !info?.isFile()) return refuse(response, 404);
  const [type, compresses] = TYPES[extname(path)] ?? ['application/octet-stream', false];
  const gzip = compresses && /\bgzip\b/.test(String(request.headers['accept-encoding']));
  const hashed = path.includes(`${sep}assets${sep}`); // the build puts a content hash into these names
  response.writeHead(200, {
    ...PRODUCTION_HEADERS,
    'Content-Type': type,
    'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(gzip ? { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' } : { 'Content-Length': info.size }),
  });
  if (request.method === 'HEAD') return response.end();
  const file = createReadStream(path).on('error', (error) => response.destroy(error));
  return gzip ? file.pipe(createGzip()).pipe(response) : file.pipe(response);
}

/** The file of a URL inside `root`, or null for anything that would leave it. */
function fileFor(root, url) {
  try {
    const { pathname } = new URL(url, 'http://localhost');
    const path = normalize(join(root, decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname)));
    return path.startsWith(root + sep) ? path : null;
  } catch {
    return null; // not a URL
  }
}

function refuse(response, status) {
  response.writeHead(status, { ...PRODUCTION_HEADERS, 'Content-Type': 'text/plain' });
  response.end(status === 404 ? 'Not found' : 'Method not allowed');
}

async function listen(server, firstPort, host) {
  for (let port = firstPort; port < firstPort + TRIED_PORTS; port++) {
    if (await tryPort(server, port, host)) return port;
  }
  throw new Error(`No free port between ${firstPort} and ${firstPort + TRIED_PORTS - 1}.`);
}

function tryPort(server, port, host) {
  return new Promise((done, fail) => {
    const onError = (error) => (error.code === 'EADDRINUSE' ? done(false) : fail(error));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      done(true);
    });
  });
}
