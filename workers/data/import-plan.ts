// What an import will store, image by image, without holding it: columns say which rows of which files belong to an image, and the texts
// are read again when it is the image's turn.
import type { Label } from '../../src/shared/domain/sample.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { rowOf, sourceOf, type AnnotationFile } from './annotation-file.ts';
import type { Marks, TextRow } from './annotation-rows.ts';
import { countColumn, sizeColumn } from './drop/column.ts';
import type { ImageFiles } from './drop/image-files.ts';
import type { RowRange } from './drop/row-ranges.ts';
import { readValues } from './drop/row-values.ts';
import type { FolderPlace, PlacedPath } from './layout.ts';
import { settleLabel, type SettledLabel } from './settle-label.ts';
import type { SourceFile } from './source-file.ts';

/** An image of the drop with everything that will be stored about it. */
export interface PlannedImage extends PlacedPath {
  file: SourceFile;
  annotation: TextRow | undefined;
  question: TextRow | undefined;
  /** Of an earlier export of this project. */
  marks?: Marks | undefined;
  /** After `binary_label`, answer and folder, in this order. */
  finalLabel: Label | null;
  /** Codes of problems that do not keep the image out. */
  problems: string[];
  /** The same with their words. */
  notes: SettledLabel['notes'];
}

/** What a row gives an image. Marks may come with the other two. */
export type RowUse = 'annotation' | 'question' | 'marks';

/** A row that belongs to an image. */
export interface UsedRow extends RowRange {
  /** Index of its file. */
  file: number;
}

/** Per image the place of one row. */
class RowColumn {
  readonly #starts = sizeColumn();
  readonly #lengths = countColumn();
  readonly #numbers = countColumn();
  readonly #files = countColumn();

  get heldBytes(): number {
    return this.#starts.heldBytes + this.#lengths.heldBytes + this.#numbers.heldBytes + this.#files.heldBytes;
  }

  /** A row has at least two bytes: 0 means none. */
  has(image: number): boolean {
    return this.#lengths.at(image) > 0;
  }

  at(image: number): UsedRow | undefined {
    if (!this.has(image)) return undefined;
    return {
      file: this.#files.at(image),
      start: this.#starts.at(image),
      length: this.#lengths.at(image),
      number: this.#numbers.at(image),
    };
  }

  set(image: number, { file, start, length, number }: UsedRow): void {
    this.#starts.set(image, start);
    this.#lengths.set(image, length);
    this.#numbers.set(image, number);
    this.#files.set(image, file);
  }
}

/** Larger than any file. */
const FILE_STRIDE = 2 ** 43;

export class ImportPlan {
  readonly #rows: Record<RowUse, RowColumn> = { annotation: new RowColumn(), question: new RowColumn(), marks: new RowColumn() };

  /**
   * @param chosen the images among the files, second ones of a path left out
   * @param places of the folders, in their order
   */
  constructor(
    private readonly files: ImageFiles,
    private readonly chosen: Uint32Array,
    private readonly places: readonly FolderPlace[],
    private readonly texts: readonly AnnotationFile[],
  ) {}

  /** Images that are planned. */
  get length(): number {
    return this.chosen.length;
  }

  /** Of the columns. */
  get heldBytes(): number {
    const { annotation, question, marks } = this.#rows;
    return this.files.heldBytes + this.chosen.byteLength + annotation.heldBytes + question.heldBytes + marks.heldBytes;
  }

  /** What the sample is called: the path from the domain on. */
  pathOf(image: number): string {
    const folder = this.placeOf(image).path;
    const name = this.files.nameOf(this.#fileAt(image));
    return folder ? `${folder}/${name}` : name;
  }

  sizeOf(image: number): number {
    return this.files.sizeOf(this.#fileAt(image));
  }

  fileOf(image: number): SourceFile {
    return this.files.fileOf(this.#fileAt(image));
  }

  placeOf(image: number): FolderPlace {
    const place = this.places[this.files.folderOf(this.#fileAt(image))];
    if (!place) throw new RangeError(`image ${image} is not planned`);
    return place;
  }

  rowOf(image: number, use: RowUse): UsedRow | undefined {
    return this.#rows[use].at(image);
  }

  useRow(image: number, use: RowUse, row: UsedRow): void {
    this.#rows[use].set(image, row);
  }

  hasText(image: number): boolean {
    return this.#rows.annotation.has(image) || this.#rows.question.has(image);
  }

  /**
   * Images in the order of their texts, so that annotation files are read from front to back in large pieces; those without text first.
   * Folders list their files in any order: in that order each row would be a piece of its own, and of every piece that is cut from a
   * file Chromium 156 keeps about a kilobyte for as long as the file itself is held.
   */
  inTextOrder(images: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
    const order = new Float64Array(this.length);
    for (const image of images) {
      const row = this.rowOf(image, 'annotation') ?? this.rowOf(image, 'question') ?? this.rowOf(image, 'marks');
      order[image] = row ? 1 + row.file * FILE_STRIDE + row.start : 0;
    }
    return images.slice().sort((a, b) => (order[a] ?? 0) - (order[b] ?? 0) || a - b);
  }

  /**
   * Everything about some images; their texts are read from the files.
   * @throws E-MISSING when a file is no longer what was reviewed
   */
  async load(images: readonly number[]): Promise<PlannedImage[]> {
    const [annotations, questions, marks] = await Promise.all([
      this.#read(images, 'annotation'),
      this.#read(images, 'question'),
      this.#read(images, 'marks'),
    ]);
    return images.map((image, i) => {
      const path = this.pathOf(image);
      const place = { ...this.placeOf(image), path };
      const texts = { annotation: annotations[i], question: questions[i] };
      const { finalLabel, notes } = settleLabel({ path, label: place.label, ...texts });
      const found = { source: this.files.pathOf(this.#fileAt(image)), file: this.fileOf(image) };
      return { ...place, ...found, ...texts, marks: marks[i]?.marks, finalLabel, notes, problems: notes.map(({ code }) => code) };
    });
  }

  #fileAt(image: number): number {
    return this.chosen[image] ?? 0;
  }

  /** One row per image, read file by file. */
  async #read(images: readonly number[], use: RowUse): Promise<(TextRow | undefined)[]> {
    const wanted = images.map((image) => this.rowOf(image, use));
    const rows: (TextRow | undefined)[] = [];
    for (const file of new Set(wanted.flatMap((row) => (row ? [row.file] : [])))) {
      const text = this.texts[file];
      if (!text) continue;
      const places = wanted.flatMap((row, index) => (row?.file === file ? [{ row, index }] : []));
      const values = await readValues(
        text,
        places.map(({ row }) => row),
      ).catch((error: unknown) => Promise.reject(changed(text, error)));
      places.forEach(({ row, index }, i) => (rows[index] = usable(text, values[i], row)));
    }
    return rows;
  }
}

function usable(file: AnnotationFile, value: unknown, { number }: UsedRow): TextRow {
  const row = file.rowKind ? rowOf(file, file.rowKind, value, number) : 'not joined';
  if (typeof row === 'string') throw changed(file, new Error(`${sourceOf(file, number)}: ${row}`));
  return row;
}

function changed({ path }: AnnotationFile, error: unknown): WorkbenchError {
  return new WorkbenchError('E-MISSING', `The annotation file ${path} can no longer be read: it was moved or changed since the review.`, {
    safe: 'What is stored is whole.',
    remedy: 'Drop the folder again: an import under the same name goes on where it stopped.',
    details: { cause: error instanceof Error ? error.message : String(error) },
  });
}
