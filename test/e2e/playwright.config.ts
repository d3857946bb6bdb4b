// End-to-end tests in a real Chromium on the built page, served as `npm start` serves it.
import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.mjs';

const PORT = 4373;
const url = `http://localhost:${PORT}/`;

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  outputDir: '../../test-results',
  use: {
    baseURL: url,
    browserName: 'chromium',
    launchOptions: { executablePath: findChromium(), args: CHROMIUM_FLAGS },
    trace: 'retain-on-failure',
  },
  webServer: { command: `node workers/node/start.mjs --no-build --port ${PORT}`, cwd: '../..', url, reuseExistingServer: false },
});
