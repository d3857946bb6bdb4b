import { MantineProvider } from '@mantine/core';
import { HashRouter } from 'react-router';
import { ErrorBoundary } from '../components/ErrorBoundary.tsx';
import { theme } from '../theme/theme.ts';
import { StoreProviders } from './providers.tsx';
import { Shell } from './Shell.tsx';
import type { Stores } from './start.ts';

/** The whole page over its stores. */
export function App({ stores }: { stores: Stores }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <ErrorBoundary>
        <StoreProviders stores={stores}>
          <HashRouter>
            <Shell />
          </HashRouter>
        </StoreProviders>
      </ErrorBoundary>
    </MantineProvider>
  );
}
