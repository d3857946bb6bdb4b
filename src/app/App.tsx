import { MantineProvider } from '@mantine/core';
import { HashRouter } from 'react-router';
import { theme } from '../theme/theme.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
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
