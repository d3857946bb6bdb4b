// From times to the figures of the table. Pure.
import { median } from '../../src/shared/metrics/averages.ts';
import type { Case } from './cases.ts';
import type { AdapterSpeed, Timing } from './hosts/protocol.ts';
import type { CaseResult, PeerResult } from './measure.ts';
import { pairedRatio, type Ratio } from './statistics.ts';

/** One row of the table. */
export interface Figures {
  peer: string;
  rounds: number;
  firstMs: number | null;
  medianMs: number | null;
  minMs: number | null;
  /** Median of the processor time, where it is known. */
  processorMs: number | null;
  tokensPerSecond: number | null;
  gflopPerSecond: number | null;
  dispatches: number | null;
  submits: number | null;
  passes: number | null;
  encodeMs: number | null;
  peakBytes: number | null;
  /** Attainable over measured time, on a real GPU only. */
  attained: number | null;
  /** The peer's time over the subject's. */
  ratio: Ratio | null;
  /** The same of processor times. */
  processorRatio: Ratio | null;
  error: number | null;
  phaseMs: Record<string, number> | null;
  note: string | null;
}

/** @param subject id of the peer that the others are compared with @param speed null on a software adapter */
export function figuresOf({ case: one, peers }: CaseResult, subject: string, speed: AdapterSpeed | null): Figures[] {
  const own = peers.find(({ peer }) => peer === subject);
  return peers.map((result) => rowOf(one, result, own, speed));
}

function rowOf(one: Case, result: PeerResult, subject: PeerResult | undefined, speed: AdapterSpeed | null): Figures {
  const timings = result.timings.length > 0 ? result.timings : outsideRounds(result);
  const times = timings.map(({ ms }) => ms);
  const medianMs = times.length > 0 ? median(times) : null;
  const gpu = timings.at(-1)?.gpu;
  const perSecond = (amount: number): number | null => (medianMs !== null && amount > 0 ? (amount * 1000) / medianMs : null);
  const gflop = perSecond(one.flop / 1e9);
  return {
    peer: result.peer,
    rounds: result.timings.length,
    firstMs: result.first?.ms ?? null,
    medianMs,
    minMs: times.length > 0 ? Math.min(...times) : null,
    processorMs: median(timings.flatMap((timing) => timing.processorMs ?? [])) || null,
    tokensPerSecond: perSecond(one.tokens),
    gflopPerSecond: gflop,
    dispatches: gpu?.dispatches ?? null,
    submits: gpu?.submits ?? null,
    passes: gpu?.passes ?? null,
    encodeMs: gpu ? median(timings.map((timing) => timing.gpu?.encodeMs ?? NaN)) : null,
    peakBytes: maximum(timings.map(({ peakBytes }) => peakBytes)),
    attained: speed && gpu && medianMs !== null && one.flop > 0 ? attainableMs(one, gpu.dispatches, speed) / medianMs : null,
    ratio: ratioOf(result, subject, ({ ms }) => ms),
    processorRatio: ratioOf(result, subject, ({ processorMs }) => processorMs),
    error: result.error,
    phaseMs: phasesOf(timings),
    note: result.note,
  };
}

/** Without a round, the warmest run is all there is; the note says so. */
function outsideRounds({ first, second }: PeerResult): Timing[] {
  const only = second ?? first;
  return only ? [only] : [];
}

/** Null where one of them has no rounds or no such time. */
function ratioOf(result: PeerResult, subject: PeerResult | undefined, time: (timing: Timing) => number | undefined): Ratio | null {
  if (!subject || subject === result || result.timings.length === 0 || result.timings.length !== subject.timings.length) return null;
  const [own, other] = [subject, result].map(({ timings }) => timings.flatMap((timing) => time(timing) ?? []));
  return own && other && own.length === other.length ? pairedRatio(other, own) : null;
}

/** Bound by memory, by arithmetic or by the number of dispatches, whichever is slowest. */
function attainableMs({ leastBytes, flop }: Case, dispatches: number, speed: AdapterSpeed): number {
  return 1000 * Math.max(leastBytes / speed.bytesPerSecond, flop / speed.flopPerSecond, dispatches * speed.dispatchSeconds);
}

function maximum(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : null;
}

function phasesOf(timings: PeerResult['timings']): Record<string, number> | null {
  const names = Object.keys(timings[0]?.phaseMs ?? {});
  if (names.length === 0) return null;
  return Object.fromEntries(names.map((name) => [name, median(timings.map(({ phaseMs }) => phaseMs?.[name] ?? NaN))]));
}
