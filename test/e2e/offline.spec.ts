// The page without a network, and on a host that sends no headers: its own server here, which is then really shut down.
import { expect, test } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = process.env.E2E_DIST ?? fileURLToPath(new URL('../../dist', import.meta.url));
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** A host that knows nothing of isolation or policies. @param changed what it makes of the page's HTML */
function startBareServer(changed: (html: string) => string = (html) => html): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = join(DIST, pathname.endsWith('/') ? 'index.html' : pathname);
    readFile(path).then(
      (body) => {
        const sent = extname(path) === '.html' ? changed(body.toString('utf8')) : body;
        response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(sent);
      },
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, url: `http://localhost:${typeof address === 'object' && address ? address.port : 0}/` });
    });
  });
}

test('after one visit the page works without its host: isolated, strict, and the demo explains an image', async ({ page }) => {
  test.setTimeout(300_000);
  let isRebuilt = false;
  const { server, url } = await startBareServer((html) => (isRebuilt ? html.replace('</head>', '<meta name="rebuilt"></head>') : html));
  await page.goto(`${url}#/settings`);
  expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(false);
  await expect(page.getByTestId('offline')).toHaveAttribute('data-ready', 'true', { timeout: 120_000 });
  await page.reload();
  expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);

  isRebuilt = true; // a page that was built anew shows at once, though the old one is stored
  await page.reload();
  await expect(page.locator('meta[name=rebuilt]')).toHaveCount(1);

  server.close();
  server.closeAllConnections();
  await page.goto(url);
  await page.reload();
  await expect(page.getByTestId('device-chip')).toHaveAttribute('data-backend', /simd|webgpu/, { timeout: 60_000 });
  expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
  await page.getByTestId('try-demo').click();
  await expect(page.getByTestId('verdict')).toHaveAttribute('data-parsed', /real|fake/, { timeout: 120_000 });
  const stopped = await page.evaluate(() => fetch('https://example.com/').then(() => false, () => true)); // prettier-ignore
  expect(stopped).toBe(true);
  await expect(page.getByTestId('network-counter')).toHaveAttribute('data-blocked', '1');
});
