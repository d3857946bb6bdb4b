// One case on several peers: correctness first, then interleaved rounds. Bounded in time; what was left out says why.
import type { Case } from './cases.ts';
import type { HostClient } from './hosts/host-client.ts';
import type { Timing } from './hosts/protocol.ts';
import type { PeerSpec } from './peers/peer.ts';
import { curveError, relativeError, rotated } from './statistics.ts';

/** A first output further than this from the double-precision reference keeps a peer out of the table. */
const OUTPUT_TOLERANCE = 1e-4;
/** The same for the loss curve against the reference peer's. */
const CURVE_TOLERANCE = 1e-3;
/** A first run this many times over the limit gets no second one. */
const SECOND_RUN_FACTOR = 3;

export interface OpenPeer {
  spec: PeerSpec;
  host: HostClient;
  description: string;
}

export interface Limits {
  maxRounds: number;
  /** Rounds stop after this time, but not before the third: fewer give no interval. */
  caseMs: number;
  /** A peer whose warm run takes longer is left out of the rounds. */
  slowMs: number;
  /** Longest wait for one answer. */
  callMs: number;
}

export interface PeerResult {
  peer: string;
  /** The first run, compilation included. */
  first: Timing | null;
  /** A second run outside the rounds, where the first was slow. */
  second: Timing | null;
  /** One entry per round. */
  timings: Timing[];
  /** Of the first output or of the loss curve; null where neither was compared. */
  error: number | null;
  /** Why there is no figure, or what to know about it. */
  note: string | null;
}

export interface CaseResult {
  case: Case;
  peers: PeerResult[];
}

/** @param expected first output in double precision; null for works that are judged by their losses or not at all */
export async function measureCase(one: Case, peers: readonly OpenPeer[], expected: number[] | null, limits: Limits): Promise<CaseResult> {
  const results = new Map(peers.map(({ spec }) => [spec.id, emptyResult(spec.id)]));
  const resultOf = (peer: OpenPeer): PeerResult => results.get(peer.spec.id) ?? emptyResult(peer.spec.id);
  const ready: OpenPeer[] = [];
  for (const peer of peers) {
    if (await warmUp(peer, one, expected, resultOf(peer), limits)) ready.push(peer);
  }
  await runRounds(ready, resultOf, limits);
  for (const { host } of peers) if (!host.closed) await host.release(limits.callMs).catch(() => host.close());
  judgeCurves([...results.values()]);
  return { case: one, peers: [...results.values()] };
}

const emptyResult = (peer: string): PeerResult => ({ peer, first: null, second: null, timings: [], error: null, note: null });

/** First line of the message, without what the way from the page puts before it. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/^page\.evaluate: Error: /, '').split('\n')[0] ?? '';

/** @returns whether the peer takes part in the rounds */
async function warmUp({ host }: OpenPeer, one: Case, expected: number[] | null, result: PeerResult, limits: Limits): Promise<boolean> {
  if (host.closed) return refuse(result, 'its process was ended in an earlier case');
  try {
    await host.prepare(one.work, limits.callMs);
    if (expected) {
      result.error = relativeError((await host.verify(limits.callMs)) ?? [], expected);
      if (!(result.error <= OUTPUT_TOLERANCE))
        return refuse(result, `wrong first output (relative error ${result.error.toExponential(1)})`);
    }
    result.first = await host.run(limits.callMs);
  } catch (error) {
    return refuse(result, reasonOf(error));
  }
  return result.first.ms <= limits.slowMs || takeSecondRun(host, result, limits);
}

/** A slow first run may have been compilation. A peer that stays slow has this one warm run, outside the rounds. */
async function takeSecondRun(host: HostClient, result: PeerResult, limits: Limits): Promise<boolean> {
  const firstMs = result.first?.ms ?? 0;
  result.note = `outside the rounds, which it would slow down too much; its first run took ${(firstMs / 1000).toFixed(1)} s`;
  if (firstMs > SECOND_RUN_FACTOR * limits.slowMs) return false;
  try {
    result.second = await host.run(limits.callMs);
    if (result.second.ms > limits.slowMs) return false;
  } catch (error) {
    return refuse(result, reasonOf(error));
  }
  result.note = null;
  return true;
}

function refuse(result: PeerResult, reason: string): false {
  result.note = `not measured: ${reason}`;
  return false;
}

/** Every round times every peer once; a peer that fails keeps its earlier rounds. */
async function runRounds(peers: readonly OpenPeer[], resultOf: (peer: OpenPeer) => PeerResult, limits: Limits): Promise<void> {
  const began = performance.now();
  for (let round = 0; round < limits.maxRounds; round++) {
    if (round >= 3 && performance.now() - began > limits.caseMs) return;
    for (const peer of rotated(peers, round)) {
      try {
        resultOf(peer).timings.push(await peer.host.run(limits.callMs));
      } catch (error) {
        for (const other of peers) resultOf(other).timings.length = round; // only whole rounds are compared
        resultOf(peer).note = `stopped in round ${round + 1}: ${reasonOf(error)}`;
        return;
      }
    }
  }
}

/** All losses of a peer in order. */
const lossesOf = ({ first, second, timings }: PeerResult): number[] => [first, second, ...timings].flatMap((timing) => timing?.loss ?? []);

/** Loss curves against the first peer that is not the project's; who departs from it loses its figures. */
function judgeCurves(results: readonly PeerResult[]): void {
  const reference = results.find((result) => !result.peer.startsWith('workbench') && lossesOf(result).length > 1);
  if (!reference) return;
  for (const result of results) {
    const losses = lossesOf(result);
    if (result === reference || losses.length === 0) continue;
    result.error = curveError(losses, lossesOf(reference));
    if (!(result.error <= CURVE_TOLERANCE)) result.note = `loss curve departs from ${reference.peer} by ${result.error.toExponential(1)}`;
  }
}
