// After a run had no memory left: settings that are estimated to fit, each one click from a new run.
import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatBytes } from '../../../components/format.ts';
import { Panel } from '../../../components/Page.tsx';
import type { RunRecord, SmallerSettings } from '../../../shared/domain/run.ts';
import { toErrorRecord, type ErrorRecord } from '../../../shared/errors.ts';
import { DatasetsStore } from '../../../state/datasets.ts';
import { ModelsStore } from '../../../state/models.ts';
import { RunStore } from '../../../state/run.ts';
import { useWriterReason } from '../../../state/writer.ts';
import styles from './SmallerOffers.module.css';

/** The offers of a run that failed; nothing for any other run. */
export function SmallerOffers({ run }: { run: RunRecord }) {
  const navigate = useNavigate();
  const create = RunStore.use((state) => state.create);
  const dataset = DatasetsStore.use((state) => state.datasets.find(({ id }) => id === run.datasetId));
  const model = ModelsStore.use((state) => state.models.find(({ id }) => id === run.baseModelId));
  const reason = useWriterReason();
  const [error, setError] = useState<ErrorRecord | null>(null);
  const offers = run.smaller ?? [];
  if (run.state !== 'failed' || offers.length === 0) return null;
  const startAgain = async ({ config, text }: SmallerSettings) => {
    if (!dataset || !model) return;
    try {
      await navigate(`/run/${await create({ dataset, model, config, name: `${run.name}, ${text}` })}`);
    } catch (thrown) {
      setError(toErrorRecord(thrown));
    }
  };
  return (
    <Panel title="Start again with settings that fit">
      {error ? <ErrorNotice error={error} onDismiss={() => setError(null)} /> : null}
      <ul className={styles.offers} data-testid="smaller-offers">
        {offers.map((offer) => (
          <li key={offer.text}>
            <span>
              {offer.text}: about {formatBytes(offer.memoryBytes)}
            </span>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlayerPlay size={14} aria-hidden />}
              disabled={!dataset || !model || reason !== undefined}
              title={reason}
              onClick={() => void startAgain(offer)}
            >
              Start again with these
            </Button>
          </li>
        ))}
      </ul>
      <p className={styles.note}>
        A smaller micro-batch and gradient checkpointing give the same update, only slower; fewer answers or images change what is compared.
      </p>
    </Panel>
  );
}
