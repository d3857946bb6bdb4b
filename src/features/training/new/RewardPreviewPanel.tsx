// Rewards and advantages of the run's first answers before it starts. The two weights can be moved without generating again.
import { Button, Slider } from '@mantine/core';
import { useId, useMemo, useState } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatDuration, formatFigure, formatPlural } from '../../../components/format.ts';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { Panel } from '../../../components/Page.tsx';
import { Pills } from '../../../components/Pills.tsx';
import type { AnswerSource } from '../../../shared/domain/preview.ts';
import type { CreditedImage } from '../../../shared/rewards/preview-rewards.ts';
import { creditPreview } from '../../../shared/rewards/preview-rewards.ts';
import type { PreviewRequest } from '../../../state/preview.ts';
import { previewKey, PreviewStore } from '../../../state/preview.ts';
import { useThumbnails } from '../../../state/use-thumbnails.ts';
import { AnswerRow } from '../run/AnswerRow.tsx';
import styles from './Preview.module.css';

interface Weights {
  alpha: number;
  beta: number;
}

function WeightSlider({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  const id = useId();
  return (
    <div className={styles.weight}>
      <span id={id}>
        {label} <b>{formatFigure(value, 2)}</b>
      </span>
      <Slider
        size="sm"
        min={0}
        max={1}
        step={0.05}
        value={Math.min(1, value)}
        onChange={onChange}
        label={null}
        thumbProps={{ 'aria-labelledby': id }}
      />
    </div>
  );
}

function ImageAnswers({ image, url }: { image: CreditedImage; url: string | undefined }) {
  const { path, label, completions } = image;
  const rewards = completions.map(({ scored }) => scored.reward);
  const spread = Math.max(...rewards) - Math.min(...rewards);
  return (
    <section className={styles.imageBlock} aria-label={path} data-testid="reward-preview-image" data-path={path}>
      <div className={styles.thumbnail}>{url ? <img src={url} alt={path} /> : <span />}</div>
      <div>
        <p className={styles.imageHead}>
          <span>{path}</span>
          <LabelMark label={label}>in the data</LabelMark>
          <span className={styles.muted}>
            {completions.length === 0
              ? 'no reference answer in the data'
              : completions.length === 1
                ? 'one answer: only its own paragraphs are compared'
                : `rewards differ by ${formatFigure(spread)}${spread === 0 ? ': nothing to learn from this image' : ''}`}
          </span>
        </p>
        {completions.map(({ scored, advantage, tokens, terminated }, i) => (
          <div key={i} data-testid="reward-preview-answer" data-reward={scored.reward} data-advantage={advantage}>
            <AnswerRow
              answer={{ ...scored, advantage, terminated, tokenCount: tokens.length }}
              name={`answer ${i + 1} to ${path}`}
              startsOpen={i === 0}
            />
          </div>
        ))}
      </div>
    </section>
  );
}

export interface RewardPreviewPanelProps {
  request: PreviewRequest;
  isValid: boolean;
  /** Takes the weights of the sliders into the form. */
  onWeights: (weights: Weights) => void;
}

/** The panel; GRPO and PRPO only. */
export function RewardPreviewPanel({ request, isValid, onWeights }: RewardPreviewPanelProps) {
  const { reward: slot, loadReward, cancel } = PreviewStore.use((state) => state);
  const [source, setSource] = useState<AnswerSource>('generated');
  const { alpha, beta } = request.config.reward;
  const [tried, setTried] = useState<Weights | null>(null);
  const weights = tried ?? { alpha, beta };
  const { policy } = request.config;
  const images = useMemo(
    () => (slot.result ? creditPreview(slot.result.images, policy, { alpha: weights.alpha, beta: weights.beta }) : []),
    [slot.result, policy, weights.alpha, weights.beta],
  );
  const urls = useThumbnails(images.map(({ sampleId }) => sampleId));
  const isOld = slot.result !== null && slot.key !== previewKey(request, 'reward', slot.result.source);
  return (
    <Panel title="Rewards of the first answers" aside={isOld ? 'of other settings' : undefined}>
      <div className={styles.actions}>
        <Pills
          label="Answers"
          value={source}
          onChange={setSource}
          options={[
            { value: 'generated', label: 'As the first step writes them' },
            { value: 'reference', label: 'Reference answers' },
          ]}
        />
        <Button
          variant="default"
          data-testid="reward-preview"
          disabled={!isValid}
          loading={slot.isRunning}
          onClick={() => void loadReward(request, source)}
        >
          {source === 'generated' ? `Write ${formatPlural(policy.numGenerations, 'answer')} for 3 images` : 'Score them'}
        </Button>
        {slot.isRunning ? (
          <Button variant="default" onClick={() => cancel('reward')}>
            Cancel
          </Button>
        ) : null}
      </div>
      {slot.error ? <ErrorNotice error={slot.error} /> : null}
      {slot.result ? (
        <div className={styles.rewards} data-testid="reward-preview-result" data-old={isOld || undefined}>
          <p className={styles.muted}>
            {slot.result.source === 'generated'
              ? 'Same images, prompts and random numbers as step 1 of the run.'
              : 'What the rewards say of the answers in the data; one answer per image has no other to be compared with.'}{' '}
            Took {formatDuration(slot.result.elapsedMs)}. The sliders compute rewards and advantages anew at once.
          </p>
          <div className={styles.weights}>
            <WeightSlider label="alpha, weight of VCR" value={weights.alpha} onChange={(value) => setTried({ ...weights, alpha: value })} />
            <WeightSlider label="beta, weight of PCR" value={weights.beta} onChange={(value) => setTried({ ...weights, beta: value })} />
            {tried && (tried.alpha !== alpha || tried.beta !== beta) ? (
              <Button
                variant="default"
                onClick={() => {
                  onWeights(tried);
                  setTried(null);
                }}
              >
                Use these weights
              </Button>
            ) : null}
          </div>
          {images.map((image) => (
            <ImageAnswers key={image.sampleId} image={image} url={urls.get(image.sampleId) ?? undefined} />
          ))}
        </div>
      ) : null}
    </Panel>
  );
}
