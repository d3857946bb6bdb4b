import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Isolation headers give the engine shared memory across threads; the CSP allows nothing but this origin. */
export const SERVER_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: { target: 'es2024', chunkSizeWarningLimit: 800 },
  server: { headers: SERVER_HEADERS },
  preview: { headers: SERVER_HEADERS },
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/gpu/**', 'test/e2e/**', 'node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    globalSetup: ['test/support/build-kernels.ts'],
  },
});
