// Keeps a tab whose work was taken over from writing: a record carries the name of the start that may write it.
import { WorkbenchError } from '../errors.ts';

interface Claimed {
  writer?: string;
}

/**
 * Refuses the write of a tab whose run or evaluation another tab has claimed. To be called inside the transaction that writes.
 * @param stored the record as it is in the store now
 * @param own the record, or the name, of who wants to write
 * @throws E-LOCKED
 */
export function assertWriter(stored: Claimed | undefined, own: Claimed): void {
  if (!stored || stored.writer === own.writer) return;
  throw new WorkbenchError('E-LOCKED', 'Another tab has taken over this work.', {
    safe: 'Everything finished is stored; the other tab goes on from there.',
    remedy: 'Follow it here, or take it back.',
  });
}
