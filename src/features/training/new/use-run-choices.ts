// What a new run is made of: settings, dataset and model, from and to the address.
import { useState } from 'react';
import { useLinkChoice } from '../../../components/use-link-choice.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import { DatasetsStore } from '../../../state/datasets.ts';
import { ModelsStore } from '../../../state/models.ts';
import { SelectionStore } from '../../../state/selection.ts';
import { fittingFilter } from './fitting-split.ts';
import { useDraft, type Draft } from './use-draft.ts';
import { useFormAddress } from './use-form-address.ts';

export type RunChoices = ReturnType<typeof useRunChoices>;

/** Once for each dataset that is chosen, unless the link named the split: what is then chosen stays, also where nothing passes. */
function useFittingSplit({ config, setConfig }: Draft, dataset: DatasetRecord | undefined, isNamed: boolean): void {
  const [skipsFirst] = useState(isNamed);
  const [fitted, setFitted] = useState<string | null>(null);
  if (!dataset || dataset.id === fitted) return;
  setFitted(dataset.id);
  if (fitted === null && skipsFirst) return;
  const filter = fittingFilter(dataset.counts, config.filter);
  if (filter !== config.filter) setConfig({ ...config, filter });
}

/** The choices, and which dataset or model of a link is not here. */
export function useRunChoices(form: string) {
  const [params, change] = useFormAddress(form);
  const draft = useDraft(params, change);
  const { datasets, phase } = DatasetsStore.use((state) => state);
  const { models, phase: modelsPhase } = ModelsStore.use((state) => state);
  const selectedModel = SelectionStore.use((state) => state.modelId);
  const { item: dataset, choose: chooseDataset, missing: needsDataset } = useLinkChoice('dataset', datasets, phase === 'ready');
  const { item: model, choose: chooseModel, missing: needsModel } = useLinkChoice('model', models, modelsPhase === 'ready', selectedModel);
  useFittingSplit(draft, dataset, params.has('split'));
  const putting = (name: string, choose: (id: string) => void) => (id: string) => {
    choose(id);
    change((now) => {
      now.set(name, id);
      return now;
    });
  };
  return {
    draft,
    datasets,
    isLoading: phase === 'loading',
    dataset,
    onDataset: putting('dataset', chooseDataset),
    needsDataset,
    models,
    model,
    onModel: putting('model', chooseModel),
    needsModel,
  };
}
