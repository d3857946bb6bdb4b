// What is seen before the app has started: on a slow line, when a part does not arrive, in a browser that lacks something, and without a
// database. Each says what happened, what is safe and what to do.
import { expect, test } from '@playwright/test';

test.use({ serviceWorkers: 'block' }); // what it has stored would arrive at once

const WORDS = '#boot-words';

test('the page says that it loads, in the theme that was chosen, and the app takes the place of the words', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.addInitScript(() => localStorage.setItem('mantine-color-scheme-value', 'dark'));
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/assets\/.*\.(js|css)$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/', { waitUntil: 'commit' });
  await expect(page.locator(WORDS)).toHaveText('Loading the page…');
  await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(21, 18, 16)');
  release();
  await expect(page.getByTestId('try-demo')).toBeVisible();
  await expect(page.locator(WORDS)).toHaveCount(0);
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('a first part that does not arrive is said, with what is safe, and a reload brings the page', async ({ page }) => {
  let isDown = true;
  await page.route(/assets\/index-.*\.js$/, (route) => (isDown ? route.abort() : route.continue()));
  await page.goto('/');
  await expect(page.locator(WORDS)).toContainText('did not arrive');
  await expect(page.locator(WORDS)).toContainText('unharmed');
  isDown = false;
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByTestId('try-demo')).toBeVisible();
});

test('a browser that lacks what the page needs is told so by name, and which ones have it', async ({ page }) => {
  await page.addInitScript(() => {
    const supports = CSS.supports.bind(CSS);
    CSS.supports = (name: string, value?: string) =>
      !value?.includes('light-dark') && (value === undefined ? supports(name) : supports(name, value));
  });
  await page.goto('/');
  await expect(page.locator('#boot-missing')).toContainText('lacks the colours of this page');
  await expect(page.locator('#boot-missing')).toContainText('Chrome 123');
});

test('a refused database is said once on every page, with what still works', async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The user denied permission to access the database.', 'SecurityError');
    };
  });
  for (const address of ['/#/', '/#/data', '/#/train']) {
    await page.goto(address);
    await expect(page.getByTestId('error-notice'), address).toHaveCount(1);
    await expect(page.getByTestId('error-notice')).toContainText('refuses to open its database');
    await expect(page.locator('h1'), address).toHaveCount(1);
    await expect(page.getByTestId('error-notice'), address).toHaveCount(1);
  }
});
