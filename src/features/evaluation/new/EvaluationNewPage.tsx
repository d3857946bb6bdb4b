// A new evaluation: model, data, decoding. Everything has a working default, so that the button is live at once.
import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation, useNavigate, useSearchParams } from 'react-router';
import { DataPanel } from '../../../components/DataPanel.tsx';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatBytes, formatCount, formatPlural } from '../../../components/format.ts';
import { MissingNote } from '../../../components/MissingNote.tsx';
import { ModelNotes } from '../../../components/ModelNotes.tsx';
import { ModelSelect } from '../../../components/ModelSelect.tsx';
import { Page, Panel } from '../../../components/Page.tsx';
import { useLinkChoice } from '../../../components/use-link-choice.ts';
import { useOneAtATime } from '../../../components/use-one-at-a-time.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import type { AnswerParser, TemplateName } from '../../../shared/config/config.ts';
import type { ErrorRecord } from '../../../shared/errors.ts';
import { toErrorRecord } from '../../../shared/errors.ts';
import { perturbationLabel } from '../../../shared/image/perturb.ts';
import { TIE_RULE } from '../../../shared/metrics/majority.ts';
import { countPassing, filterFromAddress } from '../../../shared/sample-choice.ts';
import { DatasetsStore } from '../../../state/datasets.ts';
import { useIsGpu } from '../../../state/engine.ts';
import type { EvaluationDraft } from '../../../state/evaluation-state.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import { ModelsStore } from '../../../state/models.ts';
import { SelectionStore } from '../../../state/selection.ts';
import type { EvalForm, NumberRule } from './eval-form.ts';
import { defaultForm, fieldProblem, NUMBER_RULES, toConfig, voteProblem } from './eval-form.ts';
import { useWriterReason } from '../../../state/writer.ts';
import { PrecisionSelect } from '../../../components/PrecisionSelect.tsx';
import { TYPICAL_SWEEP } from '../report/robustness.ts';
import styles from '../Evaluation.module.css';

const PARSERS: { value: AnswerParser; label: string }[] = [
  { value: 'eval', label: 'Official evaluation: after the last ### Answer:' },
  { value: 'prpo', label: 'PRPO reward: tag, else the last matching line' },
  { value: 'strict', label: 'Strict: exactly real or fake after the tag' },
  { value: 'plain', label: 'Plain: tag, else the only word of the two' },
];

const TEMPLATES: { value: TemplateName; label: string }[] = [
  { value: 'v1', label: 'v1 (training template)' },
  { value: 'llava_v1', label: 'llava_v1 (official evaluation default)' },
  { value: 'plain', label: 'plain (stage 1)' },
];

/** A stored answer with its paragraphs and token records, and a further one of a vote, which keeps its text alone; of the demo. */
const [BYTES_PER_ANSWER, BYTES_PER_VOTE] = [14_000, 500];

interface FormProps {
  form: EvalForm;
  onChange: (patch: Partial<EvalForm>) => void;
}

function NumberFields({ form, onChange, names }: FormProps & { names: readonly NumberRule['name'][] }) {
  return (
    <div className={styles.numbers}>
      {NUMBER_RULES.filter(({ name }) => names.includes(name)).map((rule) => (
        <TextInput
          key={rule.name}
          label={rule.label}
          description={rule.help}
          inputMode="decimal"
          data-testid={rule.name === 'sampleSize' ? 'eval-sample-size' : `eval-${rule.name}`}
          value={form[rule.name]}
          onChange={(event) => onChange({ [rule.name]: event.currentTarget.value })}
          error={fieldProblem(rule, form[rule.name]) ?? (rule.name === 'votes' ? voteProblem(form) : null)}
        />
      ))}
    </div>
  );
}

function DecodingPanel({ form, onChange }: FormProps) {
  return (
    <Panel title="How it answers">
      <NumberFields form={form} onChange={onChange} names={['temperature', 'topP', 'maxNewTokens', 'votes']} />
      {Number(form.votes) > 1 ? <p className={styles.muted}>{TIE_RULE}</p> : null}
      <NativeSelect
        size="xs"
        label="Conversation template"
        value={form.template}
        onChange={(event) => onChange({ template: TEMPLATES.find(({ value }) => value === event.currentTarget.value)?.value ?? 'v1' })}
        data={TEMPLATES}
      />
      <NativeSelect
        size="xs"
        label="Answer parser"
        value={form.parser}
        onChange={(event) => onChange({ parser: PARSERS.find(({ value }) => value === event.currentTarget.value)?.value ?? 'eval' })}
        data={PARSERS}
      />
      <Textarea
        label="Prompt"
        description="<image> marks where the image goes"
        autosize={false}
        rows={4}
        value={form.prompt}
        onChange={(event) => onChange({ prompt: event.currentTarget.value })}
        error={form.prompt.trim() === '' ? 'The model needs a question.' : null}
      />
    </Panel>
  );
}

/** The page `#/eval/new`; another link to it is another form. */
export function EvaluationNewPage() {
  return <EvaluationSetup key={useLocation().search} />;
}

function EvaluationSetup() {
  const { datasets, phase } = DatasetsStore.use((state) => state);
  const { item: dataset, choose, missing } = useLinkChoice('dataset', datasets, phase === 'ready');
  if (!dataset) {
    return (
      <Page title="New evaluation">
        <EmptyState
          title={phase === 'loading' ? 'Looking for datasets…' : 'No dataset yet'}
          actions={<Link to="/">Open the demo or drop a folder on Home</Link>}
        >
          An evaluation asks the model about images whose label is known.
        </EmptyState>
      </Page>
    );
  }
  return <EvaluationForm key={dataset.id} dataset={dataset} datasets={datasets} needsDataset={missing} onDataset={choose} />;
}

/** The form, and what it comes to. */
function useEvaluationForm(dataset: DatasetRecord) {
  const [params] = useSearchParams();
  const [form, setForm] = useState(() => {
    const initial = defaultForm(dataset);
    return { ...initial, filter: filterFromAddress(params, initial.filter) };
  });
  const config = toConfig(form);
  const passing = countPassing(dataset.counts, form.filter);
  const count = config && config.sampleSize > 0 ? Math.min(config.sampleSize, passing) : passing;
  const onChange = (patch: Partial<EvalForm>) => setForm({ ...form, ...patch });
  return { form, onChange, config, passing, count };
}

interface StartButtonProps {
  /** null where something must be changed first. */
  draft: EvaluationDraft | null;
  isSwept: boolean;
  onError: (error: ErrorRecord) => void;
}

function StartButton({ draft, isSwept, onError }: StartButtonProps) {
  const navigate = useNavigate();
  const offReason = useWriterReason();
  const { create, sweep } = EvaluationStore.useApi().getState();
  const { isBusy, run: start } = useOneAtATime(async () => {
    if (!draft) return;
    try {
      const id = await create(draft);
      if (isSwept) await sweep(id, TYPICAL_SWEEP);
      await navigate(`/eval/${id}`);
    } catch (thrown) {
      onError(toErrorRecord(thrown));
    }
  });
  return (
    <Button
      size="sm"
      data-testid="eval-start"
      leftSection={<IconPlayerPlay size={16} aria-hidden />}
      disabled={!draft || offReason !== undefined}
      title={offReason}
      loading={isBusy}
      onClick={start}
    >
      Start evaluation
    </Button>
  );
}

interface BeforeStartProps extends Omit<ReturnType<typeof useEvaluationForm>, 'onChange'> {
  isSwept: boolean;
  onSwept: (isSwept: boolean) => void;
}

function preflightText({ form, config, passing, count }: BeforeStartProps): string {
  if (passing === 0) return 'No image passes this filter: choose another split or domain.';
  if (!config) return 'A setting is refused; the field says why.';
  const tokens = count * Number(form.votes || 1) * Number(form.maxNewTokens || 0);
  return `${formatPlural(count, 'image')} of ${formatCount(passing)} that pass. Up to ${formatCount(tokens)} tokens to write.`;
}

function storedBytes({ form, count, isSwept }: BeforeStartProps): number {
  const perImage = BYTES_PER_ANSWER + (Number(form.votes || 1) - 1) * BYTES_PER_VOTE;
  return count * perImage * (isSwept ? 1 + TYPICAL_SWEEP.length : 1);
}

function BeforeStart(props: BeforeStartProps) {
  const { isSwept, onSwept } = props;
  return (
    <Panel title="Before you start">
      <p className={styles.preflight} data-testid="eval-preflight">
        {preflightText(props)}
      </p>
      <p className={styles.muted}>
        Storage: about {formatBytes(storedBytes(props))}. Time: known after the first 5 answers; you can pause, reload, and go on.
      </p>
      <Checkbox
        size="xs"
        data-testid="eval-sweep"
        checked={isSwept}
        onChange={(event) => onSwept(event.currentTarget.checked)}
        label="Then a robustness sweep of the same images"
        description={`${TYPICAL_SWEEP.map(perturbationLabel).join(', ')}: one more evaluation each`}
      />
      <p className={styles.muted}>
        The choice of images is seeded and in random order, so that partial figures are fair. Python&rsquo;s random.sample order is not
        reproduced.
      </p>
    </Panel>
  );
}

interface EvaluationFormProps {
  dataset: DatasetRecord;
  datasets: readonly DatasetRecord[];
  /** Of the link, where it is not here. */
  needsDataset: string | null;
  onDataset: (id: string) => void;
}

function EvaluationForm({ dataset, datasets, needsDataset, onDataset }: EvaluationFormProps) {
  const { models, phase } = ModelsStore.use((state) => state);
  const selectedModel = SelectionStore.use((state) => state.modelId);
  const { item: model, choose: chooseModel, missing: needsModel } = useLinkChoice('model', models, phase === 'ready', selectedModel);
  const isGpu = useIsGpu();
  const { onChange, ...chosen } = useEvaluationForm(dataset);
  const { form, config, passing, count } = chosen;
  const [isSwept, setIsSwept] = useState(false);
  const [error, setError] = useState<ErrorRecord | null>(null);
  const draft = config && model && count > 0 ? { dataset, model, config } : null;
  return (
    <Page
      title="New evaluation"
      lead="The report grows while the model works; every answer is stored as it is made."
      actions={<StartButton draft={draft} isSwept={isSwept} onError={setError} />}
    >
      {needsDataset ? <MissingNote what="dataset" id={needsDataset} instead={dataset.name} /> : null}
      {needsModel ? <MissingNote what="model" id={needsModel} instead={model?.name} /> : null}
      {error ? <ErrorNotice error={error} onDismiss={() => setError(null)} /> : null}
      <div className={styles.form}>
        <DataPanel
          name="eval"
          datasets={datasets}
          dataset={dataset}
          filter={form.filter}
          imageCount={passing}
          onDataset={onDataset}
          onFilter={(filter) => onChange({ filter })}
        >
          <NumberFields form={form} onChange={onChange} names={['sampleSize', 'seed']} />
        </DataPanel>
        <div className={styles.stack}>
          <Panel title="Model">
            <ModelSelect label="Model or checkpoint" models={models} value={model?.id ?? null} onChange={chooseModel} />
            <PrecisionSelect
              value={form.precision}
              onChange={(precision) => onChange({ precision })}
              isGpu={isGpu}
              testId="eval-precision"
            />
          </Panel>
          <DecodingPanel form={form} onChange={onChange} />
        </div>
        <BeforeStart {...chosen} isSwept={isSwept} onSwept={setIsSwept} />
      </div>
      <ModelNotes tiny={model?.tiny ?? true} synthetic={dataset.synthetic} />
    </Page>
  );
}
