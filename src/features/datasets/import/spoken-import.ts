// An import in spoken sentences, from the first file to the summary. Minutes of work are told at their milestones: the start, every
// tenth, a changed state, the end. Pure.
import { formatCount } from '../../../components/format.ts';
import { spokenCount, spokenShare } from '../../../components/Spoken.tsx';
import type { ImportsState } from '../../../state/imports.ts';

export type SpokenImport = Pick<ImportsState, 'phase' | 'read' | 'progress' | 'paused' | 'cancelling' | 'review' | 'result'>;

/** The sentence for where the import stands; errors speak for themselves. */
export function spokenImport({ phase, read, progress, paused, cancelling, review, result }: SpokenImport): string {
  switch (phase) {
    case 'walking':
      return `${formatCount(spokenCount(read.done))} files found so far`;
    case 'reading':
      return spokenShare(read.done, read.total, 'the files');
    case 'scoring':
      return spokenShare(read.done, read.total, 'the answers');
    case 'review':
      return review ? `${formatCount(review.imagesFound)} images found, ${formatCount(review.matched)} of them with text.` : '';
    case 'importing':
      return storingWords(progress, paused ? 'Paused' : cancelling ? 'Stopping' : null);
    case 'done':
      return result
        ? `The import is done: ${formatCount(result.summary.imported)} stored, ${formatCount(result.summary.failed)} failed.`
        : '';
    default:
      return '';
  }
}

function storingWords(progress: SpokenImport['progress'], state: string | null): string {
  const { done, total } = progress ?? { done: 0, total: 0 };
  if (state) return `${state}: ${spokenShare(done, total, 'the images')}`;
  return 10 * done < total || total === 0 ? 'The import is running.' : spokenShare(done, total, 'the images');
}
