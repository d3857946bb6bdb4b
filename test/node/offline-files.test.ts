import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { offlineFiles } from '../../workers/node/offline-plugin.ts';
import { PRODUCTION_HEADERS } from '../../workers/node/server-headers.mjs';
import { withHeaders } from '../../workers/offline/with-headers.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'prpo-offline-'));
  for (const folder of ['assets', 'models/dx-llava-nano', 'models/other']) await mkdir(join(root, folder), { recursive: true });
  for (const path of [
    'index.html',
    'assets/a-1.js',
    'models/index.json',
    'models/dx-llava-nano/model.safetensors',
    'models/other/model.safetensors',
    'service-worker.js',
  ]) {
    await writeFile(join(root, path), path);
  }
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('the files of the offline page', () => {
  it('are the page under its folder, everything hashed, and the first built-in model', async () => {
    const { files } = await offlineFiles(root);
    expect(files).toEqual(['assets/a-1.js', './', 'models/dx-llava-nano/model.safetensors', 'models/index.json']);
  });

  it('have another version as soon as one byte of one of them changes', async () => {
    const before = await offlineFiles(root);
    expect((await offlineFiles(root)).version).toBe(before.version);
    await writeFile(join(root, 'models/other/model.safetensors'), 'changed'); // not kept
    expect((await offlineFiles(root)).version).toBe(before.version);
    await writeFile(join(root, 'index.html'), 'changed');
    expect((await offlineFiles(root)).version).not.toBe(before.version);
  });
});

describe('the headers of a host that sends none', () => {
  it('are completed with isolation and the strict policy', async () => {
    const response = withHeaders(new Response('page', { headers: { 'Content-Type': 'text/html' } }), PRODUCTION_HEADERS);
    expect(response.headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp');
    expect(response.headers.get('Content-Security-Policy')).toContain("connect-src 'self'");
    expect(response.headers.get('Content-Type')).toBe('text/html');
    expect(await response.text()).toBe('page');
  });

  it('stay where the host sends its own', () => {
    const own = new Response('page', { headers: { ...PRODUCTION_HEADERS, 'Content-Security-Policy': "default-src 'none'" } });
    expect(withHeaders(own, PRODUCTION_HEADERS)).toBe(own);
  });
});
