// The first reward curve of someone who has nothing yet: from Home, with no setting touched, on the built page in a real Chromium.
import { expect, test } from '@playwright/test';

test('from an empty browser to a first reward curve: images are drawn, the run starts as it stands, links and Home follow it', async ({
  page,
}) => {
  test.setTimeout(300_000);
  await page.goto('/');
  const steps = page.getByTestId('first-step');
  await expect(steps.first()).toHaveAttribute('data-next', 'true');
  await page.getByTestId('train-on-demo').click();
  await expect(page).toHaveURL(/train\/new\?dataset=demo/, { timeout: 120_000 });
  await page.getByTestId('train-start').click();
  const status = page.getByTestId('run-status');
  await expect(status).toHaveAttribute('data-state', 'running');
  await expect(status).toContainText(/8 answers for 4 images/);
  const reward = page.locator('[data-testid=chart][data-metric=reward]');
  await expect(reward).toHaveAttribute('data-points', /^[1-9]/, { timeout: 120_000 });
  const runId = await status.getAttribute('data-run-id');

  await page.goto('/#/run/latest?step=9999');
  await expect(status).toHaveAttribute('data-run-id', runId ?? '');
  await expect(page.getByTestId('missing-note')).toContainText('asks for the answers of step “9999”');
  await page.getByTestId('train-stop').click();
  await expect(status).toHaveAttribute('data-state', 'stopped', { timeout: 120_000 });
  await expect(status).toContainText(/Stopped at step \d+ of 60, .* of work\./);

  await page.goto('/#/');
  await expect(steps.nth(2)).toHaveAttribute('data-done', 'true');
  await expect(steps.nth(3).getByRole('link')).toHaveAttribute('href', /#\/eval\/new\?model=run-/);
});
