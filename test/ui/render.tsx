// Renders a component into happy-dom with the theme and a router, without a testing library.
import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router';
import { afterEach, vi } from 'vitest';
import { theme } from '../../src/theme/theme.ts';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

const mounted = new Set<() => Promise<void>>();
afterEach(async () => {
  for (const unmount of mounted) await unmount();
});

/**
 * Mounts `node` until the test ends; returns its container, a finder by test id, and functions to draw something else in its place or
 * to unmount sooner.
 */
export async function render(node: ReactNode, path = '/') {
  const container = document.createElement('div');
  document.body.append(container);
  const root = createRoot(container);
  const draw = (content: ReactNode) =>
    act(async () =>
      root.render(
        <MantineProvider theme={theme}>
          <MemoryRouter initialEntries={[path]}>{content}</MemoryRouter>
        </MantineProvider>,
      ),
    );
  await draw(node);
  const find = (testId: string) => {
    const found = document.querySelector<HTMLElement>(`[data-testid="${testId}"]`);
    if (!found) throw new Error(`Nothing has data-testid "${testId}".`);
    return found;
  };
  const unmount = async () => {
    mounted.delete(unmount);
    await act(async () => root.unmount());
    container.remove();
  };
  mounted.add(unmount);
  return { container, find, unmount, redraw: draw };
}

/** Waits until `check` no longer throws, letting React update on its own meanwhile. */
export async function until(check: () => void): Promise<void> {
  globalThis.IS_REACT_ACT_ENVIRONMENT = false;
  try {
    await vi.waitFor(check, { timeout: 10_000 });
  } finally {
    globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  }
}
