// Typed errors that cross threads. Knows nothing about React, tensors or storage.

/** Every error code of the product. The Learn page explains each; `spec/ui.md` 4 sets the wording rules. */
export const ERROR_CODES = [
  'E-QUOTA', // no storage left
  'E-STORAGE', // IndexedDB failed otherwise
  'E-GPU-LOST', // the WebGPU device was lost
  'E-NO-GPU', // ?backend=webgpu without a usable adapter
  'E-WORKER', // a worker died
  'E-SCHEMA', // a file does not have the expected form
  'E-JSON', // a file is not JSON (line, column)
  'E-IMAGE', // an image cannot be decoded
  'E-SHAPE', // a tensor has another shape than the model needs
  'E-CHECKSUM', // bytes differ from the recorded SHA-256
  'E-NAN', // NaN or infinite loss or gradient
  'E-PARSE', // an answer could not be parsed
  'E-MEMORY', // tensors do not fit
  'E-CONTEXT', // a prompt is longer than the context
  'E-CONFIG', // impossible settings
  'E-MISSING', // a record that is not here
  'E-LOCKED', // another tab holds the writer lock
  'E-CANCELLED', // the user stopped it
  'E-THREAD', // a compute thread died
  'E-UNSUPPORTED', // a file or feature that is refused, with the reason
  'E-INTERNAL', // a fault of ours
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What every error says: what happened, what is safe, what to do. */
export interface ErrorAdvice {
  /** What of the user's work is unharmed, one sentence. */
  safe?: string;
  /** What to do now, one sentence. */
  remedy?: string;
  /** Machine-readable details for "copy details". */
  details?: Record<string, unknown>;
}

/** The plain form that crosses a worker boundary. */
export interface ErrorRecord extends ErrorAdvice {
  code: ErrorCode;
  message: string;
  stack?: string;
}

/** An error with a code; `message` says what happened. */
export class WorkbenchError extends Error {
  readonly code: ErrorCode;
  readonly safe: string | undefined;
  readonly remedy: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, advice: ErrorAdvice = {}) {
    super(message);
    this.name = 'WorkbenchError';
    this.code = code;
    this.safe = advice.safe;
    this.remedy = advice.remedy;
    this.details = advice.details;
  }
}

/** Turns anything thrown into the plain form; unknown errors become E-INTERNAL. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof WorkbenchError) {
    const { code, message, safe, remedy, details, stack } = error;
    return { code, message, safe, remedy, details, stack };
  }
  if (error instanceof DOMException && error.name === 'AbortError') {
    return { code: 'E-CANCELLED', message: 'Stopped.' };
  }
  if (error instanceof DOMException && error.name === 'QuotaExceededError') {
    return {
      code: 'E-QUOTA',
      message: 'The browser has no storage left for this site.',
      safe: 'What is stored already is unharmed.',
      remedy: 'Delete data on the Device & storage page.',
    };
  }
  if (error instanceof Error) return { code: 'E-INTERNAL', message: error.message, stack: error.stack };
  return { code: 'E-INTERNAL', message: String(error) };
}

/** The other direction: a record that arrived over a port becomes an Error again. */
export function fromErrorRecord(record: ErrorRecord): WorkbenchError {
  const error = new WorkbenchError(record.code, record.message, record);
  if (record.stack) error.stack = record.stack;
  return error;
}
