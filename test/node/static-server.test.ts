import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStaticServer } from '../../workers/node/static-server.mjs';

let root = '';
let server: Awaited<ReturnType<typeof startStaticServer>>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'prpo-server-'));
  await mkdir(join(root, 'dist/assets'), { recursive: true });
  await writeFile(join(root, 'dist/index.html'), '<!doctype html>page');
  await writeFile(join(root, 'dist/assets/a-1234.js'), 'export {};');
  await writeFile(join(root, 'secret.txt'), 'secret');
  server = await startStaticServer({ root: join(root, 'dist'), port: 4700 });
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});

/** Status of a raw request path, which `fetch` would tidy up first. */
const statusOf = (path: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });

describe('the production server', () => {
  it('isolates the page and forbids every other host and inline script', async () => {
    const { headers } = await fetch(server.url);
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'");
    expect(policy).not.toMatch(/https?:|\*|script-src[^;]*unsafe-inline/);
  });

  it('serves the page at / and hashed assets for ever', async () => {
    expect(await (await fetch(server.url)).text()).toBe('<!doctype html>page');
    const asset = await fetch(`${server.url}assets/a-1234.js`);
    expect(asset.headers.get('content-type')).toContain('text/javascript');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(server.url)).headers.get('cache-control')).toBe('no-cache');
  });

  it('gives nothing outside its folder and nothing that is not there', async () => {
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/none.js', '/assets', '//'])
      expect(await statusOf(path), path).toBe(404);
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
  });

  it('takes the next port when one is taken', async () => {
    const second = await startStaticServer({ root: join(root, 'dist'), port: Number(new URL(server.url).port) });
    expect(Number(new URL(second.url).port)).toBeGreaterThan(Number(new URL(server.url).port));
    await second.close();
  });
});
