// Curves as the log formats share them: one point per step, metrics under TRL's names.
import type { StepPhase } from '../domain/run.ts';
import { WorkbenchError } from '../errors.ts';

/** One step's scalars; a StepRecord is one. */
export interface CurvePoint {
  step: number;
  /** Milliseconds since 1970; null where a format does not tell. */
  timestamp: number | null;
  metrics: Record<string, number>;
  /** Milliseconds of each part of the step, where they are known. */
  phaseMs?: Partial<Record<StepPhase, number>>;
}

/** What is logged once at the end of a run, at its last step, as Hugging Face's callbacks have it. */
export function withSummary(points: readonly CurvePoint[], summary: Record<string, number> = {}): CurvePoint[] {
  return points.map((point, i) => (i === points.length - 1 ? { ...point, metrics: { ...point.metrics, ...summary } } : point));
}

/** Collects values that a log gives one by one; later values of the same step and name win. */
export class CurveBuilder {
  readonly #points = new Map<number, CurvePoint>();

  /** Values that are not finite are dropped, as TRL does. */
  add(step: number, timestamp: number | null, metrics: Iterable<readonly [string, unknown]>): void {
    const point = this.#points.get(step) ?? { step, timestamp, metrics: {} };
    for (const [name, value] of metrics) if (typeof value === 'number' && Number.isFinite(value)) point.metrics[name] = value;
    this.#points.set(step, point);
  }

  /** In step order; steps without any value are left out. */
  points(): CurvePoint[] {
    return [...this.#points.values()].filter(({ metrics }) => Object.keys(metrics).length > 0).sort((a, b) => a.step - b.step);
  }
}

/** Every metric of some points, in order of first appearance. */
export function metricNames(points: readonly CurvePoint[]): string[] {
  return [...new Set(points.flatMap(({ metrics }) => Object.keys(metrics)))];
}

/** A log is refused whole: a curve with silent holes would mislead. */
export function refusedLog(code: 'E-SCHEMA' | 'E-CHECKSUM', reason: string): WorkbenchError {
  return new WorkbenchError(code, reason, { safe: 'Nothing was stored.', remedy: 'Copy or export the log again.' });
}
