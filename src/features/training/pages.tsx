// The pages of this feature, as app/routes.tsx loads them.
import { Page } from '../../components/Page.tsx';

export function TrainListPage() {
  return <Page title="TrainList">Being built.</Page>;
}

export function TrainNewPage() {
  return <Page title="TrainNew">Being built.</Page>;
}

export function RunPage() {
  return <Page title="Run">Being built.</Page>;
}

export function ComparePage() {
  return <Page title="Compare">Being built.</Page>;
}
