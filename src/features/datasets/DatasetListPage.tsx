import { Page } from '../../components/Page.tsx';

/** Under construction in this commit. */
export function DatasetListPage() {
  return <Page title="DatasetList">…</Page>;
}
