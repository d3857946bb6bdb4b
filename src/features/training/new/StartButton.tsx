// Starts a new run, or the two of a pair, and opens its page.
import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import { useOneAtATime } from '../../../components/use-one-at-a-time.ts';
import { presetConfig } from '../../../shared/config/presets.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import { toErrorRecord, type ErrorRecord } from '../../../shared/errors.ts';
import type { RunDraft } from '../../../state/run-state.ts';
import { RunStore } from '../../../state/run.ts';
import { useWriterReason } from '../../../state/writer.ts';
import type { Draft } from './use-draft.ts';

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

interface StartButtonProps {
  isReady: boolean;
  draft: Draft;
  dataset: DatasetRecord;
  model: RunDraft['model'] | undefined;
  onError: (error: ErrorRecord) => void;
}

export function StartButton({ isReady, draft, dataset, model, onError }: StartButtonProps) {
  const navigate = useNavigate();
  const runs = RunStore.useApi();
  const offReason = useWriterReason();
  const isBusy = RunStore.use((state) => state.live !== null);
  const { isBusy: isStarting, run: start } = useOneAtATime(async () => {
    if (!model) return;
    try {
      const [first, second] = draftsOf(draft, dataset, model);
      const id = second ? (await runs.getState().createPair([first, second]))[0] : await runs.getState().create(first);
      await navigate(`/run/${id}`);
    } catch (thrown) {
      onError(toErrorRecord(thrown));
    }
  });
  return (
    <Button
      size="sm"
      data-testid="train-start"
      leftSection={<IconPlayerPlay size={16} aria-hidden />}
      disabled={!isReady || offReason !== undefined}
      title={offReason}
      loading={isStarting}
      onClick={start}
    >
      {isBusy ? 'Put into the queue' : 'Start training'}
    </Button>
  );
}
