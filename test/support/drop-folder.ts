// A folder of this disk, dropped on the page.
import type { Page } from 'playwright-core';

/**
 * Drops a folder on the drop zone as a hand would: the page gets a handle that it may keep, which no file input gives.
 * @param timeout until the review of the import stands
 */
export async function dropFolder(page: Page, folder: string, timeout = 30_000): Promise<void> {
  const zone = page.getByTestId('drop-zone');
  await zone.hover({ position: { x: 50, y: 30 } }); // waits until it stands still: what loads above moves it
  const box = await zone.boundingBox();
  const at = { x: (box?.x ?? 0) + 50, y: (box?.y ?? 0) + 30 };
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, ...at, data });
  await page.getByTestId('import-review').waitFor({ timeout });
}
