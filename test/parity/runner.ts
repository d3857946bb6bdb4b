// Finds fixtures, runs their kinds, formats the result lines. The command line is run.ts.
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CheckList } from './kind.ts';
import type { ParityCheck } from './kind.ts';
import { loadKind } from './kinds.ts';

/** The result of one fixture, as written by `--json`. */
export interface FixtureResult {
  path: string;
  kind: string;
  name: string;
  ok: boolean;
  /** Why nothing could be compared. */
  reason?: string;
  unit: string;
  checks: ParityCheck[];
  /** Failed checks that are not within a tolerated share. */
  failures: ParityCheck[];
}

/** Every `fixture.json` below a folder, sorted. */
export async function findFixtures(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name === 'fixture.json')
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

async function readFixture(path: string): Promise<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('fixture.json is not an object');
  return { ...parsed };
}

const nameOf = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);

/** Runs one fixture; never throws: a broken fixture is a failed result with the reason. */
export async function runFixture(path: string, useBackend: () => Promise<void>): Promise<FixtureResult> {
  const folder = dirname(path);
  const result: FixtureResult = { path, kind: '?', name: basename(folder), ok: false, unit: 'checks', checks: [], failures: [] };
  try {
    const fixture = await readFixture(path);
    result.kind = nameOf(fixture.kind, '?');
    result.name = nameOf(fixture.name, result.name);
    const check = await loadKind(result.kind);
    const list = await check({ folder, fixture, useBackend });
    return { ...result, ...judge(list) };
  } catch (error) {
    return { ...result, reason: error instanceof Error ? error.message : String(error) };
  }
}

function judge(list: CheckList): Pick<FixtureResult, 'ok' | 'unit' | 'checks' | 'failures' | 'reason'> {
  const failures = list.failures();
  const reason = list.checks.length === 0 ? 'the fixture holds nothing to check' : undefined;
  return { ok: reason === undefined && failures.length === 0, unit: list.unit, checks: list.checks, failures, reason };
}

/** The line of the check with the largest share of its limit, e.g. `max diff 3.1e-6 (limit 1e-4)`. */
function worstDifference(checks: ParityCheck[]): string {
  let worst: { difference: number; limit: number } | null = null;
  for (const { difference, limit } of checks) {
    if (difference === undefined || limit === undefined || (difference === 0 && limit === 0)) continue;
    if (worst === null || !(difference / limit <= worst.difference / worst.limit)) worst = { difference, limit };
  }
  return worst === null ? '' : `  max diff ${worst.difference.toExponential(1)} (limit ${worst.limit.toExponential(0)})`;
}

/** The one line of a fixture. */
export function formatResult(result: FixtureResult): string {
  const head = `${result.ok ? 'ok  ' : 'FAIL'} ${result.kind.padEnd(12)} ${result.name}`;
  if (result.reason !== undefined) return `${head}  ${result.reason}`;
  const passed = result.checks.filter((check) => check.ok).length;
  const count = passed === result.checks.length ? `${passed} ${result.unit}` : `${passed}/${result.checks.length} ${result.unit}`;
  const first = result.failures[0];
  const failure = first === undefined ? '' : `  ${first.name}: ${first.detail ?? 'failed'}`;
  return `${head}  ${count}${worstDifference(result.checks)}${failure}`;
}
