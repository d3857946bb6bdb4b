// A new run: algorithm, preset, data, model, settings in four groups, estimate, start.
import { Button, NativeSelect } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatPlural } from '../../../components/format.ts';
import { LinkNotes } from '../../../components/LinkNotes.tsx';
import { MissingNote } from '../../../components/MissingNote.tsx';
import { ModelNotes } from '../../../components/ModelNotes.tsx';
import { ModelSelect } from '../../../components/ModelSelect.tsx';
import { useLinkChoice } from '../../../components/use-link-choice.ts';
import { Page, Panel } from '../../../components/Page.tsx';
import { FIELD_GROUPS } from '../../../shared/config/fields.ts';
import { PRESET_NAMES, presetConfig } from '../../../shared/config/presets.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import type { ErrorRecord } from '../../../shared/errors.ts';
import { toErrorRecord } from '../../../shared/errors.ts';
import { countPassing } from '../../../shared/sample-choice.ts';
import { DatasetsStore } from '../../../state/datasets.ts';
import { ModelsStore } from '../../../state/models.ts';
import type { PreviewRequest } from '../../../state/preview.ts';
import { RunStore } from '../../../state/run.ts';
import { useWriterReason } from '../../../state/writer.ts';
import type { RunDraft } from '../../../state/run.ts';
import { SelectionStore } from '../../../state/selection.ts';
import { useDemoData } from '../../../state/use-demo-data.ts';
import { ConfigFile } from './ConfigFile.tsx';
import { DataChoice } from './DataChoice.tsx';
import { DryRun } from './DryRun.tsx';
import { FieldRow } from './FieldRow.tsx';
import { annotationProblem, fittingFilter } from './fitting-split.ts';
import { MaskPreview } from './MaskPreview.tsx';
import { Preflight } from './Preflight.tsx';
import { RewardPreviewPanel } from './RewardPreviewPanel.tsx';
import type { AlgorithmChoice } from './draft-address.ts';
import { draftLinkRules, toChoice } from './draft-address.ts';
import type { Draft } from './use-draft.ts';
import { useDraft } from './use-draft.ts';
import { useFormAddress, useFormKey } from './use-form-address.ts';
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

/** The draft of one run, or of the pair: the GRPO twin shares all but objective and algorithm. */
function draftsOf(draft: Draft, dataset: DatasetRecord, model: RunDraft['model']): [RunDraft, RunDraft] | [RunDraft] {
  const { config, choice, preset } = draft;
  if (choice !== 'pair') return [{ dataset, model, config }];
  const { objective } = presetConfig(preset, 'grpo').policy;
  const twin = { ...config, algorithm: 'grpo' as const, policy: { ...config.policy, objective } };
  return [
    { dataset, model, config: twin, name: `GRPO of a pair on ${dataset.name}` },
    { dataset, model, config, name: `PRPO of a pair on ${dataset.name}` },
  ];
}

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

/** The page `#/train/new`; another link to it is another form. */
export function TrainNewPage() {
  const form = useFormKey();
  return <RunSetup key={form} form={form} />;
}

function RunSetup({ form }: { form: string }) {
  const navigate = useNavigate();
  const [params, change] = useFormAddress(form);
  const draft = useDraft(params, change);
  const putChoice = (name: string, id: string) =>
    change((now) => {
      now.set(name, id);
      return now;
    });
  const { datasets, phase } = DatasetsStore.use((state) => state);
  const { models, phase: modelsPhase } = ModelsStore.use((state) => state);
  const selectedModel = SelectionStore.use((state) => state.modelId);
  const runs = RunStore.useApi();
  const offReason = useWriterReason();
  const isBusy = RunStore.use((state) => state.live !== null);
  const [error, setError] = useState<ErrorRecord | null>(null);
  const demo = useDemoData();

  const { item: dataset, choose: chooseDataset, missing: needsDataset } = useLinkChoice('dataset', datasets, phase === 'ready');
  const { item: model, choose: chooseModel, missing: needsModel } = useLinkChoice('model', models, modelsPhase === 'ready', selectedModel);
  useFittingSplit(draft, dataset, params.has('split'));
  const imageCount = dataset ? countPassing(dataset.counts, draft.config.filter) : 0;
  const lacksAnswers = dataset ? annotationProblem(draft.config.algorithm, dataset) !== null : false;
  const errors = draft.problems.filter(({ severity }) => severity === 'error');
  const isReady = errors.length === 0 && imageCount > 0 && !lacksAnswers && model !== undefined;
  const request = dataset && model ? { config: draft.config, modelId: model.id, datasetId: dataset.id } : null;
  const lead = ALGORITHMS.find(({ value }) => value === draft.choice)?.lead;

  const onDataset = (id: string) => {
    chooseDataset(id);
    putChoice('dataset', id);
  };
  const onModel = (id: string) => {
    chooseModel(id);
    putChoice('model', id);
  };

  const startRun = async () => {
    if (!dataset || !model) return;
    try {
      const drafts = draftsOf(draft, dataset, model);
      const [first, second] = drafts;
      const id = second ? (await runs.getState().createPair([first, second]))[0] : await runs.getState().create(first);
      await navigate(`/run/${id}`);
    } catch (thrown) {
      setError(toErrorRecord(thrown));
    }
  };

  if (!dataset) {
    return (
      <Page title="New training run">
        <EmptyState
          title={phase === 'loading' ? 'Looking for datasets…' : 'No dataset yet'}
          actions={
            <>
              <Button
                onClick={() => void demo.draw()}
                disabled={demo.progress !== null || phase === 'loading'}
                data-testid="train-draw-demo"
              >
                {demo.progress ? `Drawing images: ${demo.progress.done} of ${demo.progress.total}` : 'Use demo images'}
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
  return (
    <Page
      title="New training run"
      lead={lead}
      actions={
        <Button
          size="sm"
          data-testid="train-start"
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          disabled={!isReady || offReason !== undefined}
          title={offReason}
          onClick={() => void startRun()}
        >
          {isBusy ? 'Put into the queue' : 'Start training'}
        </Button>
      }
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
          <ConfigFile draft={draft} onError={setError} />
        </Panel>
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
