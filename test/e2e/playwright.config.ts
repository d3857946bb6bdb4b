// End-to-end tests in a real Chromium on the built page, served as `npm start` serves it.
import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.mjs';

/** Another port and another built folder let two suites run side by side. */
const PORT = Number(process.env.E2E_PORT ?? 4373);
const DIST = process.env.E2E_DIST ? ` --dist ${process.env.E2E_DIST}` : '';
const url = `http://localhost:${PORT}/`;

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  outputDir: `../../test-results/${PORT}`,
  use: {
    baseURL: url,
    browserName: 'chromium',
    launchOptions: { executablePath: findChromium(), args: CHROMIUM_FLAGS },
    trace: 'retain-on-failure',
  },
  webServer: { command: `node workers/node/start.mjs --no-build --port ${PORT}${DIST}`, cwd: '../..', url, reuseExistingServer: false },
});
