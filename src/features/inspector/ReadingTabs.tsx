// What the model says about the image, in five views.
import { Button, Tabs } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import type { SampleRecord } from '../../shared/domain/sample.ts';
import type { ExplainState } from '../../state/inspection.ts';
import { explanationKey, InspectionStore } from '../../state/inspection.ts';
import { ModelsStore } from '../../state/models.ts';
import { BeforeAfterTab } from './BeforeAfterTab.tsx';
import { GroupTab } from './GroupTab.tsx';
import type { Reading } from './reading.ts';
import { ReadingView, StreamingView } from './ReadingView.tsx';
import { ReferenceTab } from './ReferenceTab.tsx';
import { TokensTab } from './TokensTab.tsx';
import type { InspectAddress } from './use-address.ts';
import { explainRequest, GROUP_SIZE, useModelReading } from './use-explanation.ts';
import type { ModelReading } from './use-explanation.ts';
import styles from './Inspector.module.css';

interface PendingProps {
  state: ExplainState | undefined;
  /** Some other model has answered. */
  hasStored: boolean;
  onRun: () => void;
}

function loadingText({ loaded }: ExplainState): string {
  return loaded && loaded.total > 0 ? `Loading the model, ${Math.round((100 * loaded.done) / loaded.total)} %` : 'Loading the model';
}

/** What stands in the reading column before a finished answer. */
function Pending({ state, hasStored, onRun }: PendingProps) {
  if (state?.phase === 'failed' && state.error) return <ErrorNotice error={state.error} action={{ label: 'Try again', onClick: onRun }} />;
  if (state?.phase === 'loading') return <StreamingView text="" tokenCount={0} label={loadingText(state)} />;
  if (state?.phase === 'generating') return <StreamingView text={state.text} tokenCount={state.tokenCount} label="Writing its reasoning" />;
  return (
    <div className={styles.ask}>
      <h2>Run the model on this image</h2>
      <p>
        {hasStored ? 'Another model has answered; this one has not yet.' : 'Nothing has been asked yet.'} It gives three readouts and its
        reasoning, paragraph by paragraph.
      </p>
      <Button leftSection={<IconPlayerPlay size={15} aria-hidden />} onClick={onRun}>
        Run the model
      </Button>
    </div>
  );
}

function GroupPanel({ modelId, sampleId }: { modelId: string | null; sampleId: string }) {
  const explain = InspectionStore.use((state) => state.explain);
  const key = explanationKey({ modelId: modelId ?? '', sampleId, numGenerations: GROUP_SIZE });
  const state = InspectionStore.use(({ explanations }) => explanations[key]);
  const request = explainRequest(modelId ?? '', sampleId, GROUP_SIZE);
  return <GroupTab state={state} weights={request.reward} canRun={modelId !== null} onRun={() => void explain(request)} />;
}

function BeforeAfterPanel({ address, sampleId, reading }: { address: InspectAddress; sampleId: string; reading: Reading | null }) {
  const models = ModelsStore.use((state) => state.models);
  const other = useModelReading(address.compareId, sampleId);
  return (
    <BeforeAfterTab
      models={models}
      before={{ modelId: address.modelId, reading }}
      after={{ modelId: address.compareId, reading: other.reading, state: other.state }}
      onChooseAfter={(id) => address.patch({ compare: id })}
      onRun={other.run}
    />
  );
}

export interface ReadingTabsProps {
  sampleId: string;
  sample: SampleRecord | null;
  address: InspectAddress;
  main: ModelReading;
  /** The finished answer; null while one is being written. */
  reading: Reading | null;
  hasStored: boolean;
  activeParagraph: number | null;
  onSelectParagraph: (index: number) => void;
}

/** The tab is part of the address; only the open one is mounted. */
export function ReadingTabs(props: ReadingTabsProps) {
  const { sampleId, sample, address, main, reading, hasStored, activeParagraph, onSelectParagraph } = props;
  return (
    <Tabs value={address.tab} onChange={(tab) => address.patch({ tab })} keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="reasoning">Reasoning</Tabs.Tab>
        <Tabs.Tab value="reference">Reference</Tabs.Tab>
        <Tabs.Tab value="tokens">Tokens</Tabs.Tab>
        <Tabs.Tab value="group">Group of {GROUP_SIZE}</Tabs.Tab>
        <Tabs.Tab value="compare">Before / after</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="reasoning">
        {reading ? (
          <ReadingView reading={reading} activeParagraph={activeParagraph} onSelect={onSelectParagraph} />
        ) : (
          <Pending state={main.state} hasStored={hasStored} onRun={main.run} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="reference">
        <ReferenceTab annotation={sample?.annotation} reading={reading} />
      </Tabs.Panel>
      <Tabs.Panel value="tokens">
        {reading ? <TokensTab reading={reading} /> : <p className={styles.facts}>Run the model on this image first.</p>}
      </Tabs.Panel>
      <Tabs.Panel value="group">
        <GroupPanel modelId={address.modelId} sampleId={sampleId} />
      </Tabs.Panel>
      <Tabs.Panel value="compare">
        <BeforeAfterPanel address={address} sampleId={sampleId} reading={reading} />
      </Tabs.Panel>
    </Tabs>
  );
}
