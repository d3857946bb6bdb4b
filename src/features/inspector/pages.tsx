// The pages of this feature, as app/routes.tsx loads them.
import { Page } from '../../components/Page.tsx';

export function InspectPage() {
  return <Page title="Inspect">Being built.</Page>;
}
