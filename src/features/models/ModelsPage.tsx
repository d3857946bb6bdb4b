import { Page } from '../../components/Page.tsx';

/** Under construction in this commit. */
export function ModelsPage() {
  return <Page title="Models">…</Page>;
}
