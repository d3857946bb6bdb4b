// What a link to an evaluation says of itself, so that a browser without it can say what is missing. Pure.
import type { EvalRecord } from '../../../shared/domain/run.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import type { ErrorRecord } from '../../../shared/errors.ts';

/** Query of a report's address: model, and the dataset that it needs. */
export function evaluationFacts({ modelName, datasetName, datasetHash }: EvalRecord): Record<string, string> {
  return { model: modelName, needs: datasetHash ? `${datasetName} (sha ${datasetHash.slice(0, 8)})` : datasetName };
}

/** @param facts of the link; both may be absent in links of earlier versions */
export function missingEvaluation(
  id: string,
  facts: { model: string | null; needs: string | null },
  datasets: readonly Pick<DatasetRecord, 'name' | 'contentHash'>[],
): ErrorRecord {
  const { model, needs } = facts;
  const named = model ? ` of ${model}` : '';
  const on = needs ? ` on dataset ${needs}` : '';
  const hash = needs?.match(/\(sha ([0-9a-f]{8})\)$/)?.[1];
  const here = hash ? datasets.find(({ contentHash }) => contentHash.startsWith(hash)) : undefined;
  return {
    code: 'E-MISSING',
    message: `This browser holds no evaluation "${id}"${named}${on}.`,
    safe: `${needs ? (here ? `The dataset itself is here, as "${here.name}". ` : 'The dataset is not here either. ') : ''}Your other evaluations are unharmed.`,
    remedy: here
      ? 'Evaluate it here with the same model, import the bundle that holds the report, or open the link in the browser where it ran.'
      : 'Import the bundle that holds it on Device & storage, or open the link in the browser where it ran.',
  };
}
