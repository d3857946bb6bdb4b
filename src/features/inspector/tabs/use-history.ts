// The history of one image over one run: what is stored, and asking the checkpoints for the rest.
import { useEffect, useRef, useState } from 'react';
import type { AnswerRecord } from '../../../shared/domain/answer.ts';
import type { RunRecord } from '../../../shared/domain/run.ts';
import type { SampleRecord } from '../../../shared/domain/sample.ts';
import type { ErrorRecord } from '../../../shared/errors.ts';
import { toErrorRecord } from '../../../shared/errors.ts';
import { InspectionStore } from '../../../state/inspection.ts';
import { ModelsStore, type ModelEntry } from '../../../state/models.ts';
import { RunStore } from '../../../state/run.ts';
import { askedHistory, sampledHistory, type HistoryEntry } from './history.ts';
import { useAsync } from '../../../components/use-async.ts';
import { explainRequest, weightsOf } from '../use-explanation.ts';

/** Runs that can say something about this image: of its dataset, newest first; null until listed. */
export function useRunsOf(datasetId: string): RunRecord[] | null {
  const store = RunStore.useApi();
  const runs = RunStore.use((state) => state.runs);
  useEffect(() => {
    void store.getState().refresh();
  }, [store]);
  return runs?.filter((run) => run.datasetId === datasetId && run.step > 0) ?? null;
}

/** The model a run started from and its stored checkpoints, by step. */
function modelsOfRun(models: readonly ModelEntry[], run: RunRecord): { model: ModelEntry; step: number; name: string }[] {
  const start = models.find(({ id }) => id === run.baseModelId);
  const checkpoints = models.filter(({ checkpoint }) => checkpoint?.runId === run.id);
  return [
    ...(start ? [{ model: start, step: 0, name: `start: ${start.name}` }] : []),
    ...checkpoints.toSorted((a, b) => a.step - b.step).map((model) => ({ model, step: model.step, name: `step ${model.step}` })),
  ];
}

export interface History {
  sampled: HistoryEntry[];
  asked: HistoryEntry[];
  isLoading: boolean;
  error: ErrorRecord | null;
  /** Checkpoints of the run, with its start model. */
  models: number;
  /** Of these, not asked yet; null while that is not known. */
  missing: number | null;
  /** While asking. */
  progress: { done: number; total: number } | null;
  ask: () => void;
  stop: () => void;
}

/** @param run null while none is chosen */
export function useHistory(sample: SampleRecord | null, run: RunRecord | null): History {
  const inspection = InspectionStore.useApi();
  const allModels = ModelsStore.use((state) => state.models);
  const entries = run ? modelsOfRun(allModels, run) : [];
  const [asking, setAsking] = useState<{ done: number; total: number } | null>(null);
  const [failure, setFailure] = useState<ErrorRecord | null>(null);
  const [fresh, setFresh] = useState<Readonly<Record<string, AnswerRecord>>>({});
  const abort = useRef(new AbortController());
  const place = sample && run ? `${run.id}|${sample.id}` : null;
  useEffect(() => () => abort.current.abort(), []);

  const sampled = useAsync(place && `${place}|${run?.step}`, async () =>
    sampledHistory(await inspection.getState().readCompletions(run?.id ?? '', sample?.id ?? '')),
  );
  const kept = useAsync(place && `${place}|${entries.map(({ model }) => model.id).join()}`, () =>
    Promise.all(
      entries.map(async (entry) => {
        const request = explainRequest(entry.model.id, sample?.id ?? '', 1);
        return { ...entry, answer: await inspection.getState().readKept(request, weightsOf(entry.model)) };
      }),
    ),
  );
  const rows = (kept.value ?? []).map((row) => ({ ...row, answer: row.answer ?? fresh[row.model.id] }));
  const missing = rows.filter(({ answer }) => !answer);

  const ask = async () => {
    if (!sample || missing.length === 0) return;
    abort.current = new AbortController();
    const { signal } = abort.current;
    setFailure(null);
    try {
      for (const [done, { model }] of missing.entries()) {
        setAsking({ done, total: missing.length });
        const answer = await inspection.getState().askAndKeep(explainRequest(model.id, sample.id, 1), weightsOf(model), sample, signal);
        setFresh((old) => ({ ...old, [model.id]: answer }));
        if (signal.aborted) break;
      }
    } catch (error) {
      const record = toErrorRecord(error);
      if (record.code !== 'E-CANCELLED') setFailure(record);
    } finally {
      setAsking(null);
    }
  };
  return {
    sampled: sampled.value ?? [],
    asked: askedHistory(rows.flatMap(({ answer, ...row }) => (answer ? [{ ...row, answer }] : []))),
    isLoading: sampled.isLoading || kept.isLoading,
    error: failure ?? sampled.error ?? kept.error,
    models: entries.length,
    missing: kept.value && missing.length,
    progress: asking,
    ask: () => void ask(),
    stop: () => abort.current.abort(),
  };
}
