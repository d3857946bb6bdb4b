// What a parity kind is: a function from a fixture folder to a list of checks. Knows nothing about the kinds themselves.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One comparison with the reference. */
export interface ParityCheck {
  /** What was compared, e.g. `case 17 keyword`. */
  name: string;
  ok: boolean;
  /** Largest difference, for numbers. */
  difference?: number;
  limit?: number;
  /** Got and wanted, for a failure. */
  detail?: string;
}

/** The fixture at hand and what a kind may ask for. */
export interface ParityContext {
  /** Absolute folder of `fixture.json`. */
  folder: string;
  /** The parsed `fixture.json`; each kind validates the part it uses. */
  fixture: Record<string, unknown>;
  /** Starts the tfjs backend chosen on the command line (once); only kinds with tensors call it. */
  useBackend(): Promise<void>;
}

/** Runs all checks of one fixture; throws when a file is missing or unreadable. */
export type ParityKind = (context: ParityContext) => Promise<CheckList>;

/** Path of a file named in the fixture. */
export function fixturePath(context: ParityContext, relativePath: string): string {
  return join(context.folder, relativePath);
}

/** Bytes of a file named in the fixture; an ENOENT names the path. */
export async function readFixtureFile(context: ParityContext, relativePath: string): Promise<Uint8Array> {
  return await readFile(fixturePath(context, relativePath));
}

/** Text of a file named in the fixture. */
export async function readFixtureText(context: ParityContext, relativePath: string): Promise<string> {
  return await readFile(fixturePath(context, relativePath), 'utf8');
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
};

/** Largest absolute difference of two number lists; NaN where either is not finite and they differ; Infinity on a length clash. */
export function largestDifference(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < want.length; i++) {
    const a = got[i] ?? NaN;
    const b = want[i] ?? NaN;
    if (Object.is(a, b) || a === b) continue;
    const difference = Math.abs(a - b);
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(largest)) return NaN;
  }
  return largest;
}

function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0));
  return largest;
}

/** Collects the checks of one fixture and says whether they pass together. */
export class CheckList {
  readonly checks: ParityCheck[] = [];
  /** Plural noun of the summary line, e.g. `phrases`. */
  readonly unit: string;
  readonly #tolerated = new Map<string, number>();

  constructor(unit = 'checks') {
    this.unit = unit;
  }

  /** Checks whose name ends in `suffix` may fail in at most this share of them. */
  tolerate(suffix: string, share: number): void {
    this.#tolerated.set(suffix, share);
  }

  /** A yes/no check. */
  that(name: string, ok: boolean, detail = ''): void {
    this.checks.push(ok ? { name, ok } : { name, ok, detail });
  }

  /** Equal as JSON. */
  equal(name: string, got: unknown, want: unknown): void {
    const ok = JSON.stringify(got) === JSON.stringify(want);
    this.that(name, ok, `got ${shown(got)}, want ${shown(want)}`);
  }

  /** Numbers or number lists within an absolute limit. */
  close(name: string, got: number | ArrayLike<number>, want: number | ArrayLike<number>, limit: number): void {
    const gotList = typeof got === 'number' ? [got] : got;
    const wantList = typeof want === 'number' ? [want] : want;
    const difference = largestDifference(gotList, wantList);
    this.#record(name, difference, limit, gotList, wantList);
  }

  /** As `close`, but the difference is divided by the largest absolute value of the reference. */
  closeRelative(name: string, got: number | ArrayLike<number>, want: number | ArrayLike<number>, limit: number): void {
    const gotList = typeof got === 'number' ? [got] : got;
    const wantList = typeof want === 'number' ? [want] : want;
    const scale = largestMagnitude(wantList);
    const absolute = largestDifference(gotList, wantList);
    this.#record(name, scale === 0 ? absolute : absolute / scale, limit, gotList, wantList);
  }

  #record(name: string, difference: number, limit: number, got: ArrayLike<number>, want: ArrayLike<number>): void {
    const ok = difference <= limit;
    const lengths = got.length === want.length ? '' : `, ${got.length} values instead of ${want.length}`;
    const values = want.length === 1 ? `: got ${got[0]}, want ${want[0]}` : '';
    const check: ParityCheck = { name, ok, difference, limit };
    if (!ok) check.detail = `difference ${difference.toExponential(2)} over ${limit}${lengths}${values}`;
    this.checks.push(check);
  }

  /** Checks that failed and are not within a tolerated share. */
  failures(): ParityCheck[] {
    const forgiven = new Set<ParityCheck>();
    for (const [suffix, share] of this.#tolerated) {
      const group = this.checks.filter((check) => check.name.endsWith(suffix));
      const failed = group.filter((check) => !check.ok);
      if (failed.length <= share * group.length) for (const check of failed) forgiven.add(check);
    }
    return this.checks.filter((check) => !check.ok && !forgiven.has(check));
  }
}
