import type { StoreApi } from 'zustand/vanilla';
import type { NoticesState } from '../state/notices.ts';

/** Tells what failed and was caught by nobody, such as the work behind a click; otherwise only the console would know. */
export function watchFailures(notices: StoreApi<NoticesState>): void {
  window.addEventListener('unhandledrejection', ({ reason }) => notices.getState().raise(reason));
  window.addEventListener('error', ({ error }: ErrorEvent) => {
    if (error instanceof Error) notices.getState().raise(error); // the browser's own remarks, as on a ResizeObserver, carry none
  });
}
