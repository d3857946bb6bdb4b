// What each error code means, for the Learn page. One sentence each: cause, and what it leaves unharmed.
import type { ErrorCode } from '../../shared/errors.ts';

export const ERROR_MEANINGS: Record<ErrorCode, string> = {
  'E-QUOTA': 'The browser gives this site no more storage. What was stored before is whole; delete data on Device & storage.',
  'E-STORAGE': 'The database of the browser failed or was closed, for example by a newer version of this page in another tab.',
  'E-GPU-LOST': 'The graphics driver dropped the device. A run goes on from its last stored step.',
  'E-NO-GPU': 'The address asks for WebGPU, but there is no usable adapter. Without ?backend=webgpu the CPU engine is used.',
  'E-WORKER': 'A background worker ended. Stored data is whole; the next action starts a new worker.',
  'E-SCHEMA': 'A file has another form than its kind needs. The message names the row and the field.',
  'E-JSON': 'A file is not JSON. The message gives line and column.',
  'E-IMAGE': 'An image cannot be decoded. The import leaves it out and goes on with the others.',
  'E-SHAPE': 'A tensor has another shape than the model expects. The load report lists every clash.',
  'E-CHECKSUM': 'Stored bytes differ from their recorded SHA-256. The file is not used.',
  'E-NAN': 'A loss or gradient was not a finite number. The run stops and keeps its last good checkpoint.',
  'E-PARSE': 'An answer has no verdict that the chosen parser finds. It counts as unparsed, not as wrong.',
  'E-MEMORY': 'The tensors do not fit. Take fewer generations, a smaller micro-batch, or shorter completions.',
  'E-CONTEXT': 'A prompt is longer than the context of the model.',
  'E-CONFIG': 'A setting is impossible or two settings exclude each other. The field says which range is allowed.',
  'E-MISSING': 'A record is not in this browser: it was deleted, or the link comes from another machine.',
  'E-LOCKED': 'Another tab is writing. Close it, or let it finish.',
  'E-CANCELLED': 'You stopped it. What was finished by then is stored.',
  'E-THREAD': 'A compute thread of the CPU engine ended. The engine starts again with the next action.',
  'E-UNSUPPORTED': 'The file or feature is refused, with the reason. Nothing was changed.',
  'E-INTERNAL': 'A fault of this program. Please report it with the copied details.',
};
