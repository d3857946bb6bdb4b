import { Button } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import type { ErrorRecord } from '../shared/errors.ts';
import { EngineStore } from '../state/engine.ts';
import { EvaluationStore } from '../state/evaluation.ts';
import type { Notice } from '../state/notices.ts';
import { isSameError, NoticesStore } from '../state/notices.ts';
import { RunStore } from '../state/run.ts';
import { useUndoKey } from '../state/use-undo-key.ts';
import { LargestItems } from './LargestItems.tsx';
import styles from './NoticeStack.module.css';
import { useDialogOpen } from './use-dialog-open.ts';

/** A message without error or link needs no answer and goes by itself. */
const PLAIN_NOTICE_MS = 8000;
/** Pages that show why the engine does not run, with its button, in their own place. */
const SHOWS_ENGINE = ['/', '/device'];

/** The error that the present page shows in its own place: a notice beside it would say the same again. */
function useErrorOfPage(): ErrorRecord | null {
  const { pathname } = useLocation();
  const [, kind, id] = pathname.split('/');
  const ofEngine = EngineStore.use(({ error }) => error);
  const ofRun = RunStore.use(({ runs }) => runs?.find((run) => run.id === id)?.error);
  const ofEvaluation = EvaluationStore.use(({ evals }) => evals?.find((record) => record.id === id)?.error);
  if (SHOWS_ENGINE.includes(pathname)) return ofEngine;
  const ofPage = (kind === 'run' ? ofRun : kind === 'eval' ? ofEvaluation : null) ?? null;
  return ofPage?.code === 'E-QUOTA' ? null : ofPage; // the notice also lists what could be deleted
}

/** Whether all of these were there before the dialog that is open now: they then lie beneath it, so that none covers its buttons. */
function useBeneathDialog(notices: readonly Notice[]): boolean {
  const isOpen = useDialogOpen();
  const newest = notices.at(-1)?.id ?? 0;
  const [before, setBefore] = useState<number | null>(null);
  if (isOpen !== (before !== null)) setBefore(isOpen ? newest : null);
  return before !== null && newest <= before;
}

/** Does what the newest message offers; only deletions and changes that can be taken back offer something. */
function useUndoNewest(): () => boolean {
  const store = NoticesStore.useApi();
  return useCallback(() => {
    const { notices, dismiss } = store.getState();
    const newest = notices.findLast(({ action }) => action !== undefined);
    if (!newest) return false;
    newest.action?.run();
    dismiss(newest.id);
    return true;
  }, [store]);
}

/** Errors and finished jobs, bottom right; they stay until dismissed or, with a link, until its page is open. */
export function NoticeStack() {
  const shown = useErrorOfPage();
  const all = NoticesStore.use((state) => state.notices);
  const notices = all.filter(({ error }) => !isSameError(error, shown));
  const store = NoticesStore.useApi();
  const isBeneath = useBeneathDialog(all);
  useUndoKey(useUndoNewest(), true);
  return (
    <div className={styles.stack} aria-live="polite" data-beneath={isBeneath || undefined} data-testid="notice-stack">
      {notices.map((notice) => (
        <NoticeView key={notice.id} notice={notice} onDismiss={() => store.getState().dismiss(notice.id)} />
      ))}
    </div>
  );
}

function NoticeView({ notice, onDismiss }: { notice: Notice; onDismiss: () => void }) {
  const { id, error, text, link, action } = notice;
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const isPlain = !error && !link && !action;
  const isVisited = !error && link?.to === pathname;
  const store = NoticesStore.useApi();
  useEffect(() => {
    if (isVisited) store.getState().dismiss(id);
  }, [isVisited, store, id]);
  useEffect(() => {
    if (!isPlain) return undefined;
    const timer = setTimeout(() => store.getState().dismiss(id), PLAIN_NOTICE_MS);
    return () => clearTimeout(timer);
  }, [isPlain, store, id]);
  if (error) {
    const go = link && { label: link.label, onClick: () => void navigate(link.to) };
    const more = error.code === 'E-QUOTA' ? <LargestItems /> : null;
    return <ErrorNotice error={error} more={more} onDismiss={onDismiss} {...(go ? { action: go } : {})} />;
  }
  return (
    <div className={styles.toast}>
      <p>{text}</p>
      {link ? (
        <Link to={link.to} onClick={onDismiss}>
          {link.label}
        </Link>
      ) : null}
      {action ? (
        <Button
          variant="default"
          data-testid="notice-action"
          onClick={() => {
            action.run();
            onDismiss();
          }}
        >
          {action.label}
        </Button>
      ) : null}
      <Button variant="subtle" onClick={onDismiss}>
        Dismiss
      </Button>
    </div>
  );
}
