// The pages of this feature, as app/routes.tsx loads them.
import { Page } from '../../components/Page.tsx';

export function EvaluationListPage() {
  return <Page title="EvaluationList">Being built.</Page>;
}

export function EvaluationNewPage() {
  return <Page title="EvaluationNew">Being built.</Page>;
}

export function EvaluationReportPage() {
  return <Page title="EvaluationReport">Being built.</Page>;
}
