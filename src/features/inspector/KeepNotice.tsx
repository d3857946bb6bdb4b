// An answer is on the page but could not be stored.
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import type { ErrorRecord } from '../../shared/errors.ts';

/** Nothing where it was stored. @param what `This answer` */
export function KeepNotice({ error, what }: { error: ErrorRecord | null | undefined; what: string }) {
  if (!error) return null;
  return <ErrorNotice error={{ ...error, message: `${what} is on this page only, it could not be kept. ${error.message}` }} />;
}
