// npm run test:kills: the kill test at length. KILLS and KILLS_SEED choose how many and when.
import { defineConfig } from '@playwright/test';

process.env.KILLS ??= '20';
const { default: config } = await import('./playwright.config.ts');

export default defineConfig({ ...config, testMatch: 'kills.spec.ts' });
