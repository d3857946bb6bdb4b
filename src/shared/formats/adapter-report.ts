// What of an adapter or of loose tensors fits a model: the load report, from shapes alone.
import type { LoadReport } from '../engine-api.ts';
import type { TensorSource } from '../safetensors.ts';
import { PEFT_PREFIX } from './merged-tensors.ts';

const LORA = /^(.+)\.lora_(A|B)\.weight$/;

/**
 * Compares an adapter with the model that it is for. Missing is the partner of an A or B that stands alone.
 * @param base of the model; only its names and shapes are asked for
 */
export function adapterReport(adapter: TensorSource, base: TensorSource): LoadReport {
  const report: LoadReport = { matched: 0, missing: [], unexpected: [], newlyInitialised: [], shapeClashes: [] };
  for (const name of adapter.names()) {
    const [, module, side] = LORA.exec(name) ?? [];
    const weight = module?.startsWith(PEFT_PREFIX) ? base.shapeOf(`${module.slice(PEFT_PREFIX.length)}.weight`) : undefined;
    const got = adapter.shapeOf(name) ?? [];
    if (!module || !weight) {
      report.unexpected.push(name);
      continue;
    }
    const partner = `${module}.lora_${side === 'A' ? 'B' : 'A'}.weight`;
    const partnerShape = adapter.shapeOf(partner);
    if (!partnerShape) report.missing.push(partner);
    const rank = side === 'A' ? (partnerShape?.[1] ?? got[0] ?? 0) : (partnerShape?.[0] ?? got[1] ?? 0);
    const expected = side === 'A' ? [rank, weight[1] ?? 0] : [weight[0] ?? 0, rank];
    if (expected.join() === got.join()) report.matched++;
    else report.shapeClashes.push({ name, expected, got });
  }
  return report;
}

/** Compares tensors that replace parts of a model; what the model does not have is unexpected and will not be used. */
export function overlayReport(overlay: TensorSource, base: TensorSource): LoadReport {
  const report: LoadReport = { matched: 0, missing: [], unexpected: [], newlyInitialised: [], shapeClashes: [] };
  for (const name of overlay.names()) {
    const [expected, got] = [base.shapeOf(name), overlay.shapeOf(name) ?? []];
    if (!expected) report.unexpected.push(name);
    else if (expected.join() === got.join()) report.matched++;
    else report.shapeClashes.push({ name, expected, got });
  }
  return report;
}

/** Both reports as one. */
export function joinReports(a: LoadReport, b: LoadReport): LoadReport {
  return {
    matched: a.matched + b.matched,
    missing: [...a.missing, ...b.missing],
    unexpected: [...a.unexpected, ...b.unexpected],
    newlyInitialised: [...a.newlyInitialised, ...b.newlyInitialised],
    shapeClashes: [...a.shapeClashes, ...b.shapeClashes],
  };
}
