import { Page } from '../../components/Page.tsx';

/** Under construction in this commit. */
export function DevicePage() {
  return <Page title="Device">…</Page>;
}
