import { Link } from 'react-router';
import { EmptyState } from '../components/EmptyState.tsx';
import { Page } from '../components/Page.tsx';

/** An address that no page has. */
export function NotFoundPage() {
  return (
    <Page title="No such page" width="text">
      <EmptyState title="This address leads nowhere">
        The link may be older than this version. <Link to="/">Go to Home</Link>.
      </EmptyState>
    </Page>
  );
}
