import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { offlinePlugin } from './workers/node/offline-plugin.ts';
import { ISOLATION_HEADERS, PRODUCTION_HEADERS } from './workers/node/server-headers.mjs';

export default defineConfig({
  base: './',
  plugins: [react(), offlinePlugin()],
  worker: { format: 'es' },
  build: { target: 'es2024', chunkSizeWarningLimit: 800 },
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: PRODUCTION_HEADERS },
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/gpu/**', 'test/e2e/**', 'node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    globalSetup: ['test/support/build-kernels.ts'],
  },
});
