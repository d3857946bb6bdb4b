// Folds a LoRA adapter into the weights it was trained on: the result is a model of its own, which needs neither.
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { FILES, ModelFolders } from '../../../src/shared/models/model-folder.ts';
import { getCheckpoint, writeCheckpoint } from '../../../src/shared/storage/checkpoints.ts';
import { addJournalEntry } from '../../../src/shared/storage/journal.ts';
import { wholeModelFiles, type ModelContext } from './whole-model.ts';

/**
 * Stores the merged model under a new id; the adapter stays as it is.
 * @returns id of the new model, whose parent is the adapter
 * @throws E-UNSUPPORTED when the model has no adapter; E-MISSING, E-CHECKSUM, E-SHAPE, E-QUOTA: nothing is stored then
 */
export async function mergeModel(modelId: string, { db, fetchFile }: ModelContext): Promise<{ checkpointId: string }> {
  const chain = await new ModelFolders({ fetchFile }, db).chainOf(modelId);
  const record = await getCheckpoint(db, modelId);
  if (!record || !chain.slice(1).some(({ paths }) => paths.includes(FILES.adapter))) {
    throw new WorkbenchError('E-UNSUPPORTED', 'This model has no adapter to fold in: all its weights are full weights already.', {
      safe: 'Nothing was stored or changed.',
      remedy: 'Export it as it is, in the LLaVA layout.',
    });
  }
  const { name, step, metrics, tiny } = record;
  const merged = await writeCheckpoint(
    db,
    {
      id: `merged-${crypto.randomUUID().slice(0, 8)}`,
      name: `${name}, merged`,
      kind: 'full',
      createdAt: Date.now(),
      runId: null,
      step,
      parentId: modelId,
      resumable: false,
      metrics,
      tiny,
      note: 'Adapter folded into full weights',
    },
    await wholeModelFiles(chain),
  );
  await addJournalEntry(db, 'merge-model', `${name}: ${merged.sizeBytes} bytes`);
  return { checkpointId: merged.id };
}
