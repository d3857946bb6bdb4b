// How far two models lie apart, tensor by tensor, adapters folded in. One tensor of each is in memory at a time.
import { ModelFolders } from '../../../src/shared/models/model-folder.ts';
import { chainTensors } from '../../../src/shared/models/model-tensors.ts';
import type { ModelDifference, TensorDifference } from '../../../src/shared/data-api.ts';
import type { HostTensor } from '../../../src/shared/safetensors.ts';
import { throttle } from '../pacing.ts';
import type { ModelContext } from './whole-model.ts';

interface CompareContext extends ModelContext {
  signal: AbortSignal;
  progress: (progress: { done: number; total: number }) => void;
}

/** @throws E-MISSING, E-CHECKSUM, E-SCHEMA, E-CANCELLED */
export async function compareModels(a: string, b: string, context: CompareContext): Promise<ModelDifference> {
  const folders = new ModelFolders(context, context.db);
  const [first, second] = [await chainTensors(await folders.chainOf(a)), await chainTensors(await folders.chainOf(b))];
  const shared = first.names().filter((name) => second.shapeOf(name) !== undefined);
  const result: ModelDifference = {
    changed: [],
    same: 0,
    onlyA: first.names().filter((name) => second.shapeOf(name) === undefined),
    onlyB: second.names().filter((name) => first.shapeOf(name) === undefined),
    shapeClashes: [],
  };
  const report = throttle(context.progress);
  for (const [index, name] of shared.entries()) {
    context.signal.throwIfAborted();
    const [left, right] = [first.shapeOf(name) ?? [], second.shapeOf(name) ?? []];
    if (left.join() !== right.join()) result.shapeClashes.push({ name, a: left, b: right });
    else addDifference(result, differenceOf(name, await first.read(name), await second.read(name)));
    report({ done: index + 1, total: shared.length }, index + 1 === shared.length);
  }
  result.changed.sort((x, y) => y.l2 - x.l2);
  return result;
}

function addDifference(result: ModelDifference, difference: TensorDifference): void {
  if (difference.maxAbs === 0) result.same++;
  else result.changed.push(difference);
}

/** Sums in double precision. */
function differenceOf(name: string, a: HostTensor, b: HostTensor): TensorDifference {
  let [squares, before, maxAbs] = [0, 0, 0];
  for (let i = 0; i < a.data.length; i++) {
    const [from, to] = [a.data[i] ?? 0, b.data[i] ?? 0];
    const change = to - from;
    squares += change * change;
    before += from * from;
    // Not a number in one of them is a change, and the largest there is.
    maxAbs = Number.isNaN(change) ? Infinity : Math.max(maxAbs, Math.abs(change));
  }
  return { name, shape: a.shape, l2: Math.sqrt(squares), relative: before === 0 ? null : Math.sqrt(squares / before), maxAbs };
}
