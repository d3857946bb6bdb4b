import { Page } from '../../components/Page.tsx';

/** Under construction in this commit. */
export function HomePage() {
  return <Page title="Home">…</Page>;
}
