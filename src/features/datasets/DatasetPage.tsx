import { Page } from '../../components/Page.tsx';

/** Under construction in this commit. */
export function DatasetPage() {
  return <Page title="Dataset">…</Page>;
}
