// Attaches the rows of annotation files to images, or says why not.
import type { ImportProblem } from '../../src/shared/domain/sample.ts';
import type { ImportReview, JoinRule } from '../../src/shared/data-api.ts';
import { readRows, sourceOf, type AnnotationFile, type PlacedRow } from './annotation-file.ts';
import type { TextRow } from './annotation-rows.ts';
import { FirstPaths } from './drop/first-paths.ts';
import { FirstRows } from './drop/first-rows.ts';
import type { ImportPlan } from './import-plan.ts';
import { ImageIndex } from './join.ts';
import { ProblemTally } from './problem-list.ts';

export interface JoinedRows {
  textWithoutImage: FirstPaths;
  /** Per file. */
  matched: number[];
  joins: ImportReview['joins'];
  problems: ProblemTally;
}

/** What became of a row: joined by a rule, without an image, or left out; a problem may come with any of them. */
interface RowJoin {
  rule?: JoinRule;
  orphan?: string;
  problem?: ImportProblem;
}

/** Goes through the files in their order; the plan learns which rows its images have. */
export async function joinRows(plan: ImportPlan, files: readonly AnnotationFile[], signal: AbortSignal): Promise<JoinedRows> {
  const join = new RowJoiner(plan, files);
  const joins = { image: 0, id: 0, name: 0, extension: 0 };
  const hidden = new HiddenNames();
  const joined: JoinedRows = { textWithoutImage: new FirstPaths(), matched: files.map(() => 0), joins, problems: new ProblemTally() };
  for (const [index, file] of files.entries()) {
    for await (const rows of readRows(file, signal)) {
      for (const row of rows) {
        const result = join.join(row, index);
        if (result.orphan !== undefined) {
          joined.textWithoutImage.add(`${row.row.source}: ${result.orphan}`);
          hidden.note(row.row);
        }
        if (result.problem) joined.problems.add(result.problem);
        if (!result.rule) continue;
        joins[result.rule]++;
        joined.matched[index] = (joined.matched[index] ?? 0) + 1;
      }
    }
  }
  joined.problems.addAll(hidden.problems());
  return joined;
}

/** What Windows does not take in names: Chromium's folder picker does not show such files, and tells nobody. */
const NOT_ON_WINDOWS = /[<>:"|?*]|[. ](?:\/|$)/;

/** Rows without an image whose file may well be in the folder. */
class HiddenNames {
  #count = 0;
  #first: Pick<ImportProblem, 'path'> & { name: string } = { path: '', name: '' };

  note({ image, id, source }: TextRow): void {
    const name = image ?? id ?? '';
    if (!NOT_ON_WINDOWS.test(name)) return;
    if (this.#count === 0) this.#first = { path: source, name };
    this.#count++;
  }

  *problems(): Generator<ImportProblem> {
    if (this.#count === 0) return;
    const rows = this.#count === 1 ? 'One row without an image names' : `${this.#count} rows without an image name`;
    const reason = `${rows} a file that Windows would not take, such as \`${this.#first.name}\`. The browser’s folder picker leaves such files out; if they are in the folder, drag it onto the page instead, or rename them.`;
    yield { code: 'names-hidden-by-picker', path: this.#first.path, reason, action: 'kept' };
  }
}

class RowJoiner {
  readonly #index: ImageIndex;
  readonly #firstRows = new FirstRows();

  constructor(
    private readonly plan: ImportPlan,
    private readonly files: readonly AnnotationFile[],
  ) {
    this.#index = new ImageIndex({ length: plan.length, at: (image) => plan.pathOf(image) });
  }

  join({ row, range }: PlacedRow, file: number): RowJoin {
    const leftOut = (code: string, reason: string): RowJoin => ({ problem: { code, path: row.source, reason, action: 'left-out' } });
    const first = row.kind === 'train' && row.id ? this.#firstRows.findOrAdd(row.id, row.image, file, range.number) : undefined;
    const isRepeated = first && (row.image === undefined || first.isSameImage);
    if (isRepeated)
      return leftOut('duplicate-id', `The id \`${row.id}\` was used before, in ${this.#sourceOf(first)}; the first row is taken.`);
    const found = this.#index.find(row);
    const name = row.image ?? row.id;
    if (found.status === 'absent') return { orphan: name ?? 'names no image' };
    if (found.status === 'ambiguous-extension')
      return { orphan: `${name}, and ${found.count} images have this name with another extension, so that none is taken` };
    if (found.status === 'ambiguous')
      return leftOut('ambiguous-image', `${found.count} images fit \`${name}\`; write the path with its folders.`);
    const { image, rule } = found;
    const used = { file, ...range };
    if (row.marks && !this.plan.rowOf(image, 'marks')) this.plan.useRow(image, 'marks', used);
    if (row.kind === 'marks') return { rule };
    const slot = row.kind === 'train' ? 'annotation' : 'question';
    const path = this.plan.pathOf(image);
    const earlier = this.plan.rowOf(image, slot);
    if (earlier)
      return leftOut('duplicate-annotation', `\`${path}\` has text already, from ${this.#sourceOf(earlier)}; the first row is taken.`);
    this.plan.useRow(image, slot, used);
    if (first) {
      const reason = `The id \`${row.id}\` was used before, in ${this.#sourceOf(first)}, for another image; both rows are taken.`;
      return { rule, problem: { code: 'duplicate-id-of-two-images', path: row.source, reason, action: 'kept' } };
    }
    if (rule !== 'extension') return { rule };
    const reason = `\`${name}\` is not in the drop; \`${path}\`, the only image of that name, is taken.`;
    return { rule, problem: { code: 'other-extension', path: row.source, reason, action: 'kept' } };
  }

  #sourceOf({ file, number }: { file: number; number: number }): string {
    const found = this.files[file];
    return found ? sourceOf(found, number) : '';
  }
}
