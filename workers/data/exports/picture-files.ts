// Pictures on their way into a file: one that cannot be read is left out and told, and the others still come.
import type { LeftOutPictures } from '../../../src/shared/data-api.ts';
import type { SampleRecord } from '../../../src/shared/domain/sample.ts';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { getImage } from '../../../src/shared/storage/samples.ts';

/** So many are named to the page; the list in the file has all. */
const MOST_NAMED = 20;

/** Codes of one picture's fault. Others, such as a folder that must not be read now, concern all of them. */
const FAULTS_OF_ONE: readonly string[] = ['E-MISSING', 'E-CHECKSUM'];
/** What a stored blob throws whose bytes the browser has lost. */
const LOST_BLOB: readonly string[] = ['NotReadableError', 'NotFoundError'];

export class PictureFiles {
  readonly #faults: LeftOutPictures['named'] = [];
  #read = 0;
  #firstFault: unknown;

  constructor(private readonly db: Database) {}

  /** @returns null where this one cannot be read; it is remembered. @throws what concerns all pictures */
  async read({ id, path }: Pick<SampleRecord, 'id' | 'path'>): Promise<ArrayBuffer | null> {
    try {
      const bytes = await (await getImage(this.db, id)).arrayBuffer();
      this.#read++;
      return bytes;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === null) throw error;
      this.#firstFault ??= error;
      this.#faults.push({ path, reason });
      return null;
    }
  }

  get leftOut(): LeftOutPictures {
    return { count: this.#faults.length, named: this.#faults.slice(0, MOST_NAMED) };
  }

  /** All of them. */
  get faults(): readonly LeftOutPictures['named'][number][] {
    return this.#faults;
  }

  /** A line for each, path and reason; empty where all were read. @throws the first fault where none could be read */
  get list(): string {
    if (this.#read === 0 && this.#faults.length > 0) throw this.#firstFault;
    return this.#faults.map(({ path, reason }) => `${path}\t${reason}\n`).join('');
  }
}

function reasonOf(error: unknown): string | null {
  if (error instanceof WorkbenchError) return FAULTS_OF_ONE.includes(error.code) ? error.message : null;
  if (error instanceof DOMException && LOST_BLOB.includes(error.name)) return `The browser cannot read its stored copy: ${error.message}`;
  return null;
}
