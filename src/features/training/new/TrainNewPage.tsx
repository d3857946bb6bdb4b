// A new run: algorithm, preset, data, model, settings in four groups, estimate, start.
import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatPlural } from '../../../components/format.ts';
import { LinkNotes } from '../../../components/LinkNotes.tsx';
import { MissingNote } from '../../../components/MissingNote.tsx';
import { ModelNotes } from '../../../components/ModelNotes.tsx';
import { ModelSelect } from '../../../components/ModelSelect.tsx';
import { Page, Panel } from '../../../components/Page.tsx';
import { FIELD_GROUPS } from '../../../shared/config/fields.ts';
import { PRESET_NAMES } from '../../../shared/config/presets.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import type { ErrorRecord } from '../../../shared/errors.ts';
import { countPassing } from '../../../shared/sample-choice.ts';
import type { PreviewRequest } from '../../../state/preview.ts';
import { RunStore } from '../../../state/run.ts';
import { useDemoData } from '../../../state/use-demo-data.ts';
import { ConfigFile } from './ConfigFile.tsx';
import { DataChoice } from './DataChoice.tsx';
import { DryRun } from './DryRun.tsx';
import { FieldRow } from './FieldRow.tsx';
import { annotationProblem } from './fitting-split.ts';
import { MaskPreview } from './MaskPreview.tsx';
import { Preflight } from './Preflight.tsx';
import { RewardPreviewPanel } from './RewardPreviewPanel.tsx';
import { StartButton } from './StartButton.tsx';
import type { AlgorithmChoice } from './draft-address.ts';
import { draftLinkRules, toChoice } from './draft-address.ts';
import type { Draft } from './use-draft.ts';
import { useFormKey } from './use-form-address.ts';
import { useRunChoices, type RunChoices } from './use-run-choices.ts';
import styles from '../Training.module.css';

const ALGORITHMS: { value: AlgorithmChoice; label: string; lead: string }[] = [
  {
    value: 'prpo',
    label: 'PRPO',
    lead: 'Rewards each paragraph: does its keyword match the picture, and does the conclusion follow the paragraphs. Needs no labels.',
  },
  {
    value: 'grpo',
    label: 'GRPO',
    lead: 'Rewards the whole answer against the other answers to the same image. The baseline of the paper.',
  },
  {
    value: 'pair',
    label: 'GRPO vs PRPO pair',
    lead: 'Two runs with the same data, seed and budget: only credit assignment differs. The second starts when the first ends.',
  },
  {
    value: 'sft-stage2',
    label: 'SFT stage 2',
    lead: 'Imitates reference reasoning; trains projector, language model and binary head. Needs annotations.',
  },
  { value: 'sft-stage1', label: 'SFT stage 1', lead: 'Aligns the projector with captions; everything else is frozen. Needs annotations.' },
];

const PRESET_LABELS: Record<(typeof PRESET_NAMES)[number], string> = {
  'tiny-demo': 'Tiny demo',
  paper: 'Paper',
  'released-code': 'Released code',
};

function SettingsGroups({ draft }: { draft: Draft }) {
  return FIELD_GROUPS.filter(({ group }) => group !== 'data').map(({ group, title }) => (
    <div key={group} data-group={group}>
      <Panel title={title} aside={countChanged(draft, group)}>
        <div>
          {draft.fields
            .filter((field) => field.group === group)
            .map((field) => (
              <FieldRow key={field.name} field={field} draft={draft} />
            ))}
        </div>
      </Panel>
    </div>
  ));
}

/** What can be looked at before the start. */
function Previews({ request, draft, isReady }: { request: PreviewRequest; draft: Draft; isReady: boolean }) {
  const { config, setConfig } = draft;
  const isPolicy = config.algorithm === 'grpo' || config.algorithm === 'prpo';
  return (
    <>
      {isPolicy ? (
        <RewardPreviewPanel
          request={request}
          isValid={isReady}
          onWeights={(weights) => setConfig({ ...config, reward: { ...config.reward, ...weights } })}
        />
      ) : null}
      <MaskPreview request={request} isValid={isReady} />
    </>
  );
}

function countChanged(draft: Draft, group: string): string {
  const count = draft.fields.filter((field) => field.group === group && draft.changed.has(field.name)).length;
  return count === 0 ? 'as in the preset' : `${formatPlural(count, 'setting')} changed`;
}

/** The page `#/train/new`; another link to it is another form. */
export function TrainNewPage() {
  const form = useFormKey();
  return <RunSetup key={form} form={form} />;
}

/** A run needs images first. */
function NoDataset({ isLoading }: { isLoading: boolean }) {
  const { progress, draw } = useDemoData();
  return (
    <Page title="New training run">
      <EmptyState
        title={isLoading ? 'Looking for datasets…' : 'No dataset yet'}
        actions={
          <>
            <Button onClick={() => void draw()} disabled={progress !== null || isLoading} data-testid="train-draw-demo">
              {progress ? `Drawing images: ${progress.done} of ${progress.total}` : 'Use demo images'}
            </Button>
            <Link to="/">Drop a folder on Home</Link>
          </>
        }
      >
        A run needs images: PRPO and GRPO need no labels, SFT needs annotations. The demo images are drawn here, nothing is downloaded.
      </EmptyState>
    </Page>
  );
}

/** What keeps the run from starting, and how large it is. */
function readinessOf({ draft, model }: RunChoices, dataset: DatasetRecord) {
  const imageCount = countPassing(dataset.counts, draft.config.filter);
  const lacksAnswers = annotationProblem(draft.config.algorithm, dataset) !== null;
  const errors = draft.problems.filter(({ severity }) => severity === 'error');
  return { imageCount, errors, isReady: errors.length === 0 && imageCount > 0 && !lacksAnswers && model !== undefined };
}

function WhatToTrain({ choices, onError }: { choices: RunChoices; onError: (error: ErrorRecord | null) => void }) {
  const { draft, models, model, onModel } = choices;
  return (
    <Panel title="What to train">
      <NativeSelect
        size="xs"
        label="Algorithm"
        data-testid="train-algorithm"
        value={draft.choice}
        onChange={(event) => draft.choose(toChoice(event.currentTarget.value))}
        data={ALGORITHMS.map(({ value, label }) => ({ value, label }))}
      />
      <NativeSelect
        size="xs"
        label="Preset"
        data-testid="train-preset"
        value={draft.preset}
        onChange={(event) => draft.applyPreset(PRESET_NAMES.find((name) => name === event.currentTarget.value) ?? 'tiny-demo')}
        data={PRESET_NAMES.map((name) => ({ value: name, label: PRESET_LABELS[name] }))}
      />
      <ModelSelect label="Start from" models={models} value={model?.id ?? null} onChange={onModel} />
      <ConfigFile draft={draft} onError={onError} />
    </Panel>
  );
}

function RunSetup({ form }: { form: string }) {
  const choices = useRunChoices(form);
  const { dataset, isLoading } = choices;
  return dataset ? <RunForm choices={choices} dataset={dataset} /> : <NoDataset isLoading={isLoading} />;
}

function RunForm({ choices, dataset }: { choices: RunChoices; dataset: DatasetRecord }) {
  const { draft, datasets, onDataset, needsDataset, model, needsModel } = choices;
  const isBusy = RunStore.use((state) => state.live !== null);
  const [error, setError] = useState<ErrorRecord | null>(null);
  const { imageCount, errors, isReady } = readinessOf(choices, dataset);
  const request = model ? { config: draft.config, modelId: model.id, datasetId: dataset.id } : null;
  return (
    <Page
      title="New training run"
      lead={ALGORITHMS.find(({ value }) => value === draft.choice)?.lead}
      actions={<StartButton isReady={isReady} draft={draft} dataset={dataset} model={model} onError={setError} />}
    >
      {needsDataset ? <MissingNote what="dataset" id={needsDataset} instead={dataset.name} /> : null}
      {needsModel ? <MissingNote what="model" id={needsModel} instead={model?.name} /> : null}
      <LinkNotes rules={draftLinkRules(draft)} />
      {error ? <ErrorNotice error={error} onDismiss={() => setError(null)} /> : null}
      {errors.length > 0 ? (
        <p className={styles.blocked} role="status">
          {formatPlural(errors.length, 'setting')} must be changed before the start: {errors.map(({ field }) => field).join(', ')}.
        </p>
      ) : null}
      <div className={styles.top}>
        <WhatToTrain choices={choices} onError={setError} />
        <DataChoice draft={draft} datasets={datasets} dataset={dataset} imageCount={imageCount} onDataset={onDataset} />
        <Preflight
          config={draft.config}
          datasetId={dataset.id}
          modelId={model?.id ?? null}
          imageCount={imageCount}
          isValid={errors.length === 0}
          onSmaller={draft.setConfig}
        >
          {request ? <DryRun request={request} isValid={isReady} isBusy={isBusy} /> : null}
        </Preflight>
      </div>
      <div className={styles.groups}>
        <SettingsGroups draft={draft} />
      </div>
      {request ? <Previews request={request} draft={draft} isReady={isReady} /> : null}
      <ModelNotes tiny={model?.tiny ?? true} synthetic={dataset.synthetic} />
    </Page>
  );
}
