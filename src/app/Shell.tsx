import { Suspense, useEffect, useRef, useState } from 'react';
import { useLocation } from 'react-router';
import { ErrorBoundary } from '../components/ErrorBoundary.tsx';
import { SaidAbove } from '../components/ErrorNotice.tsx';
import { lazyPart } from '../components/lazy-part.tsx';
import { EngineStore } from '../state/engine.ts';
import { ImportsStore } from '../state/imports.ts';
import { StorageStore } from '../state/storage.ts';
import { CommandLayer } from './CommandLayer.tsx';
import { DialogPart } from './DialogPart.tsx';
import { keepFocus } from './kept-focus.ts';
import { NoticeStack } from './NoticeStack.tsx';
import { pageOf } from './page-of.ts';
import { Rail } from './Rail.tsx';
import { RecoveryBar } from './RecoveryBar.tsx';
import { AppRoutes } from './routes.tsx';
import styles from './Shell.module.css';
import { StorageTrouble } from './StorageTrouble.tsx';
import { TitleSpoken } from './TitleSpoken.tsx';
import { TopBar } from './TopBar.tsx';
import { useAppliedPreferences } from './use-applied-preferences.ts';
import { useScroll } from './use-scroll.ts';
import { WriterBar } from './WriterBar.tsx';

const ImportDialog = lazyPart(async () => (await import('../features/datasets/import/import-dialog.tsx')).ImportDialog);

/** Rail, top bar, the current page, notices and the keyboard layer. */
export function Shell() {
  const { pathname } = useLocation();
  const storageError = StorageStore.use((state) => state.error);
  const imports = ImportsStore.useApi();
  const isImporting = ImportsStore.use((state) => state.phase !== 'idle');
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  const numberStyle = useAppliedPreferences();
  useEngineStart();
  useScroll();
  useFocusOnNewPage(pathname);
  useEffect(keepFocus, []);
  return (
    <div className={styles.shell}>
      <a
        className={styles.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault(); // the hash is the route
          document.getElementById('main')?.focus();
        }}
      >
        Skip to the page
      </a>
      <Rail />
      <div className={styles.column}>
        <TopBar onPalette={() => setOpen('palette')} onHelp={() => setOpen('help')} />
        <WriterBar />
        <RecoveryBar />
        <main id="main" tabIndex={-1} className={styles.main}>
          {storageError ? <StorageTrouble error={storageError} /> : null}
          <ErrorBoundary key={`${pathname} ${numberStyle}`}>
            <Suspense fallback={<p className={styles.loading}>Loading the page…</p>}>
              <SaidAbove value={storageError?.message ?? null}>
                <AppRoutes />
              </SaidAbove>
            </Suspense>
          </ErrorBoundary>
        </main>
      </div>
      {isImporting ? (
        <DialogPart onDismiss={imports.getState().cancel}>
          <ImportDialog />
        </DialogPart>
      ) : null}
      <NoticeStack />
      <TitleSpoken />
      <CommandLayer open={open} onOpen={setOpen} />
    </div>
  );
}

/** Starts the engine when the first paint is done: its worker is larger than the page. */
function useEngineStart() {
  const engine = EngineStore.useApi();
  useEffect(() => {
    const timer = setTimeout(() => void engine.getState().start(), 50);
    return () => clearTimeout(timer);
  }, [engine]);
}

/** A new page takes the focus where nothing has it: after a key of the frame, or when what had it left with the page before. */
function useFocusOnNewPage(pathname: string) {
  const page = pageOf(pathname);
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true });
  }, [page]);
}
