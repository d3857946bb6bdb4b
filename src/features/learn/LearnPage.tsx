import { Page } from '../../components/Page.tsx';

/** Under construction in this commit. */
export function LearnPage() {
  return <Page title="Learn">…</Page>;
}
