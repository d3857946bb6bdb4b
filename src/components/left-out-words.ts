// What to say of a saved file that lacks pictures.
import type { LeftOutPictures } from '../shared/data-api.ts';
import { WorkbenchError } from '../shared/errors.ts';
import { formatCount, formatPlural } from './format.ts';

const NAMED_IN_NOTICE = 3;

/**
 * The file is saved; this says what it does not hold.
 * @param total pictures that should be in it
 * @param list where in the file all missing ones are named
 */
export function picturesLeftOut({ count, named }: LeftOutPictures, total: number, list: string): WorkbenchError {
  const names = named.slice(0, NAMED_IN_NOTICE).map(({ path }) => path);
  const some = `${names.join(', ')}${count > names.length ? ' and others' : ''}`;
  const message = `The file is saved, but ${formatCount(count)} of ${formatPlural(total, 'picture')} could not be read and ${count === 1 ? 'is' : 'are'} not in it: ${some}.`;
  return new WorkbenchError('E-MISSING', message, {
    safe: `Everything else is in the file; ${list} there names each missing picture with the reason.`,
    remedy: 'Press Re-scan on Data to take changed and missing files into account, then export again.',
    details: { named },
  });
}
