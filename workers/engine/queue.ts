// One heavy job at a time. A second waits its turn; a waiting job that is cancelled never starts. Short calls (an explanation)
// go in between the samples or steps of a long job, which asks for that by `breathe`.
import { WorkbenchError } from '../../src/shared/errors.ts';

/** What the running job looks at between two samples or steps. */
export interface JobControl {
  /** Names this start of the job in the record it writes; a later start, here or in another tab, has another name. */
  readonly writer: string;
  /** Aborted by the caller, and the job throws E-CANCELLED; or by another tab that takes over, and it throws E-LOCKED. */
  signal: AbortSignal;
  /** What the user asked for since the job began; null = go on. */
  request: 'pause' | 'stop' | null;
  /** A checkpoint is wanted after this step. Reset by the job. */
  checkpoint: boolean;
  /** Runs the short calls that wait. To be called where no tensor scope is open. */
  breathe: () => Promise<void>;
}

/** First in, first out; jobs never overlap, so tensor scopes never interleave. */
export class JobQueue {
  private tail: Promise<unknown> = Promise.resolve();
  private readonly controls = new Map<string, JobControl>();
  private readonly waiting: (() => Promise<void>)[] = [];

  /**
   * Runs `work` when all earlier jobs have ended.
   * @param id record id (`evalId`, `runId`), by which `control` finds the job
   * @throws WorkbenchError E-LOCKED when a job of this id is queued or running
   */
  run<T>(id: string, signal: AbortSignal, work: (control: JobControl) => Promise<T>): Promise<T> {
    if (this.controls.has(id))
      throw new WorkbenchError('E-LOCKED', 'This job is already running.', {
        safe: 'It goes on as before.',
        remedy: 'Follow it on its page.',
      });
    const control: JobControl = { writer: crypto.randomUUID(), signal, request: null, checkpoint: false, breathe: () => this.runWaiting() };
    this.controls.set(id, control);
    const result = this.tail.then(() => {
      refuseAborted(signal);
      return work(control);
    });
    const release = () => this.controls.delete(id);
    this.tail = result.then(release, release);
    return result;
  }

  /** Runs a short call when its turn comes, or when a long job breathes before that. */
  runShort<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const result = new Promise<T>((resolve, reject) => {
      this.waiting.push(async () => {
        try {
          refuseAborted(signal);
          resolve(await work());
        } catch (error) {
          reject(error instanceof Error ? error : new WorkbenchError('E-INTERNAL', String(error)));
        }
      });
    });
    this.tail = this.tail.then(() => this.runWaiting());
    return result;
  }

  private async runWaiting(): Promise<void> {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) await next();
  }

  /** @returns false when no job of this id is queued or running */
  control(id: string, action: 'pause' | 'stop' | 'checkpoint'): boolean {
    const control = this.controls.get(id);
    if (!control) return false;
    if (action === 'checkpoint') control.checkpoint = true;
    else control.request = action;
    return true;
  }
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new WorkbenchError('E-CANCELLED', 'Stopped before it began.');
}
