// Which model is asked about the image, what is missing where a link names another, and how often it errs.
import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { PrecisionSelect } from '../../components/PrecisionSelect.tsx';
import { ModelSelect } from '../../components/ModelSelect.tsx';
import { useAsync } from '../../components/use-async.ts';
import { ModelsStore } from '../../state/models.ts';
import { SamplesStore } from '../../state/samples.ts';
import { SelectionStore } from '../../state/selection.ts';
import { describeRates } from './report/case-report.ts';
import type { InspectAddress } from './use-address.ts';
import { useErrorRates } from './use-error-rates.ts';
import type { ModelReading } from './use-explanation.ts';
import styles from './Inspector.module.css';

/** Names what the link asks for where an evaluation or a run remembers it. */
export function MissingModel({ id }: { id: string }) {
  const samples = SamplesStore.useApi();
  const { value } = useAsync(id, () => samples.getState().rememberedModel(id));
  return (
    <p className={styles.warning} role="alert" data-testid="missing-model">
      This link needs {value ? `${value.name}, known from ${value.by},` : `the model “${id}”`} which is not in this browser. Stored answers
      are shown; to ask again choose another model, or import that one on Models.
    </p>
  );
}

/** Choice of the model and the button that asks it. */
export function ModelBar({
  address,
  main,
  isBusy,
  canRun,
}: {
  address: InspectAddress;
  main: ModelReading;
  isBusy: boolean;
  canRun: boolean;
}) {
  const { models, phase } = ModelsStore.use((state) => state);
  const chooseModel = SelectionStore.use((state) => state.chooseModel);
  const isMissing = phase === 'ready' && address.modelId !== null && !models.some(({ id }) => id === address.modelId);
  return (
    <>
      <div className={styles.modelBar}>
        <ModelSelect
          models={models}
          value={address.modelId}
          onChange={(id) => {
            chooseModel(id);
            address.patch({ model: id, from: null });
          }}
        />
        <Button
          data-testid="inspect-run"
          loading={isBusy}
          disabled={!canRun || isMissing}
          onClick={main.run}
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          title="r"
        >
          {main.reading ? 'Run again' : 'Run the model'}
        </Button>
      </div>
      {address.isGpu ? (
        <PrecisionSelect
          value={address.precision}
          onChange={(precision) => address.patch({ precision: precision === 'f32' ? null : precision, from: null })}
          isGpu
          testId="inspect-precision"
        />
      ) : null}
      {!isMissing ? null : main.reading?.fileName !== undefined ? (
        <p className={styles.facts} data-testid="answer-of-file">
          The answer below was read from {main.reading.fileName}; its model, {main.reading.modelName}, is not in this browser. To ask about
          this image choose another model.
        </p>
      ) : (
        <MissingModel id={address.modelId ?? ''} />
      )}
    </>
  );
}

/** What an estimate of this model is worth, where an evaluation tells it. */
export function MeasuredErrors({ modelId }: { modelId: string }) {
  const rates = useErrorRates(modelId);
  if (!rates) return null;
  return (
    <p className={styles.facts} data-testid="error-rates">
      {describeRates(rates).join(' ')}
    </p>
  );
}
