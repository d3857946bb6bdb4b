// The sample of the address, its picture, and its neighbours in the current filter.
import { useEffect, useMemo, useState } from 'react';
import { datasetIdOf, type DatasetRecord, type SampleRecord } from '../../shared/domain/sample.ts';
import type { ErrorRecord } from '../../shared/errors.ts';
import { toErrorRecord, WorkbenchError } from '../../shared/errors.ts';
import { DatasetsStore } from '../../state/datasets.ts';
import { PRIVATE_CASE_ID } from '../../state/private-case.ts';
import { SamplesStore } from '../../state/samples.ts';
import { SelectionStore } from '../../state/selection.ts';

export interface LoadedSample {
  sample: SampleRecord | null;
  /** The stored file; null while it is read. */
  file: Blob | null;
  /** Object URL of it. */
  url: string | null;
  error: ErrorRecord | null;
}

interface Loaded {
  id: string;
  sample: SampleRecord;
  file: Blob;
  url: string;
}

/**
 * Reads record and image of one sample; a missing one is an error that says what is missing.
 * @param needs what the link says of its dataset, see `datasetNeed`
 * @param version read anew when it changes
 */
export function useSample(id: string, needs: string | null, version = 0): LoadedSample {
  const samples = SamplesStore.useApi();
  const datasets = DatasetsStore.useApi();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [failure, setFailure] = useState<{ id: string; error: ErrorRecord } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    let made: string | null = null;
    const read = async () => {
      const sample = await samples.getState().readSample(id);
      if (!sample) throw missingSample(id, datasets.getState().datasets) ?? (await samples.getState().missing(datasetIdOf(id), needs));
      const file = await samples.getState().readImage(id);
      if (!isCurrent) return;
      made = URL.createObjectURL(file);
      setLoaded({ id, sample, file, url: made });
      setFailure(null);
    };
    read().catch((error: unknown) => {
      if (isCurrent) setFailure({ id, error: toErrorRecord(error) });
    });
    return () => {
      isCurrent = false;
      if (made !== null) URL.revokeObjectURL(made);
    };
    // Read anew when the folder may be read at last.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [id, needs, version, samples, datasets]);
  const current = loaded?.id === id ? loaded : null;
  return {
    sample: current?.sample ?? null,
    file: current?.file ?? null,
    url: current?.url ?? null,
    error: failure?.id === id ? failure.error : null,
  };
}

/** Says that this image of a dataset is missing; null where the dataset is missing itself. */
export function missingSample(id: string, datasets: readonly DatasetRecord[]): WorkbenchError | null {
  const datasetId = datasetIdOf(id);
  const path = id.slice(datasetId.length + 1);
  const dataset = datasets.find((one) => one.id === datasetId);
  const safe = 'Nothing of yours was changed.';
  if (datasetId === PRIVATE_CASE_ID) {
    return new WorkbenchError('E-MISSING', 'This image belonged to a private case, which is gone with the page that held it.', {
      safe,
      remedy: 'Drop the image on Private case again.',
    });
  }
  if (dataset) {
    return new WorkbenchError('E-MISSING', `The dataset "${dataset.name}" is here, but it holds no image "${path}".`, {
      safe,
      remedy: 'Choose another image of it, or import the folder that has this one.',
    });
  }
  return null;
}

export interface Neighbours {
  previous: string | null;
  next: string | null;
  /** 1-based place in the list; 0 where the sample is not in it. */
  position: number;
  total: number;
  /** The list is a filter of the gallery, not the whole dataset. */
  isFiltered: boolean;
}

/** Where a sample stands in a list of ids. */
export function neighboursOf(ids: readonly string[], id: string): Omit<Neighbours, 'isFiltered'> {
  const index = ids.indexOf(id);
  const at = (i: number): string | null => (index < 0 ? (ids[0] ?? null) : (ids[i] ?? null));
  return { previous: index > 0 ? at(index - 1) : null, next: at(index + 1), position: index + 1, total: ids.length };
}

/** Neighbours in the gallery's filter, else in the whole dataset. */
export function useNeighbours(datasetId: string, id: string): Neighbours {
  const samples = SamplesStore.useApi();
  const rows = SamplesStore.use((state) => (state.datasetId === datasetId ? state.rows : null));
  const chosen = SelectionStore.use((state) => (state.datasetId === datasetId && state.sampleIds.includes(id) ? state.sampleIds : null));
  useEffect(() => {
    if (samples.getState().datasetId !== datasetId) void samples.getState().open(datasetId);
  }, [datasetId, samples]);
  return useMemo(() => {
    const ids = chosen ?? rows?.map((row) => row.id) ?? [];
    return { ...neighboursOf(ids, id), isFiltered: chosen !== null && rows !== null && chosen.length < rows.length };
  }, [chosen, rows, id]);
}
