// What the model says about the image, and what can be asked of it, in tabs.
import { Button, Tabs } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { oneOf } from '../../../components/link-values.ts';
import type { ExplainState } from '../../../state/inspection-state.ts';
import { ModelsStore } from '../../../state/models.ts';
import { PRIVATE_CASE_ID } from '../../../state/private-case.ts';
import { AgainstF32 } from '../AgainstF32.tsx';
import { BeforeAfterTab } from './BeforeAfterTab.tsx';
import { ForensicTab } from './ForensicTab.tsx';
import { GroupTab } from './GroupTab.tsx';
import { HistoryTab } from './HistoryTab.tsx';
import type { SecondImage } from '../image/ImageStage.tsx';
import { TOKEN_MEASURES, type Reading } from '../reading.ts';
import { ReadingView, StreamingView } from '../ReadingView.tsx';
import { ReferenceTab } from './ReferenceTab.tsx';
import { TokensTab } from './TokensTab.tsx';
import type { InspectAddress } from '../use-address.ts';
import { GROUP_SIZE, useGroup, useModelReading } from '../use-explanation.ts';
import type { ModelReading } from '../use-explanation.ts';
import type { ImageViewControl } from '../image/use-image-view.ts';
import type { LoadedSample } from '../use-sample.ts';
import { WhatIfTab } from './WhatIfTab.tsx';
import styles from '../Inspector.module.css';

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
  if (state?.phase === 'failed') return null; // said above the tabs
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

function GroupPanel({ address, sampleId }: { address: InspectAddress; sampleId: string }) {
  const { modelId, precision } = address;
  const asked = useGroup(modelId, sampleId, precision);
  const isPrivate = sampleId.startsWith(`${PRIVATE_CASE_ID}/`);
  return <GroupTab asked={asked} address={address} canRun={modelId !== null} isPrivate={isPrivate} />;
}

function BeforeAfterPanel({ address, sampleId, reading }: { address: InspectAddress; sampleId: string; reading: Reading | null }) {
  const models = ModelsStore.use((state) => state.models);
  const other = useModelReading(address.compareId, sampleId, { precision: address.precision });
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

function PrecisionPanel({
  address,
  sampleId,
  ...answer
}: {
  address: InspectAddress;
  sampleId: string;
  reading: Reading;
  precision: string;
}) {
  const full = useModelReading(address.modelId, sampleId);
  return <AgainstF32 {...answer} full={full} />;
}

export interface ReadingTabsProps {
  sampleId: string;
  datasetId: string;
  loaded: LoadedSample;
  address: InspectAddress;
  main: ModelReading;
  /** The finished answer; null while one is being written. */
  reading: Reading | null;
  hasStored: boolean;
  activeParagraph: number | null;
  onSelectParagraph: (index: number) => void;
  control: ImageViewControl;
  onSecond: (second: SecondImage | null) => void;
}

const TABS = [
  { value: 'reasoning', label: 'Reasoning' },
  { value: 'reference', label: 'Reference' },
  { value: 'tokens', label: 'Tokens' },
  { value: 'group', label: 'Group' },
  { value: 'compare', label: 'Before / after' },
  { value: 'history', label: 'History' },
  { value: 'whatif', label: 'What if' },
  { value: 'forensic', label: 'Forensic views' },
] as const;
type TabName = (typeof TABS)[number]['value'];

/** Names of the tabs in an address. */
export const TAB_NAMES: readonly string[] = TABS.map(({ value }) => value);

const tabOf = (name: string): TabName => TABS.find(({ value }) => value === name)?.value ?? 'reasoning';

/** The tab beside another one, around the ends. */
export function neighbourTab(tab: string, direction: 1 | -1): string {
  const index = TABS.findIndex(({ value }) => value === tabOf(tab));
  return TABS[(index + direction + TABS.length) % TABS.length]?.value ?? 'reasoning';
}

const RUN_FIRST = <p className={styles.firstLine}>Run the model on this image first.</p>;

function TabContent({ tab, ...props }: ReadingTabsProps & { tab: TabName }) {
  const { sampleId, datasetId, loaded, address, main, reading, control, onSecond } = props;
  const { sample, url } = loaded;
  switch (tab) {
    case 'reasoning':
      return reading ? (
        <>
          <ReadingView reading={reading} activeParagraph={props.activeParagraph} onSelect={props.onSelectParagraph} />
          {reading.precision ? (
            <PrecisionPanel address={address} sampleId={sampleId} reading={reading} precision={reading.precision} />
          ) : null}
        </>
      ) : (
        <Pending state={main.state} hasStored={props.hasStored} onRun={main.run} />
      );
    case 'reference':
      return <ReferenceTab annotation={sample?.annotation} reading={reading} address={address} />;
    case 'tokens':
      return reading ? (
        <TokensTab
          reading={reading}
          measure={oneOf(TOKEN_MEASURES, address.read('shade')) ?? 'logProbability'}
          onMeasure={(shade) => address.patch({ shade })}
          groupHint={
            <Button variant="default" size="compact-sm" onClick={() => address.patch({ tab: 'group' })}>
              Open the group of {GROUP_SIZE}
            </Button>
          }
        />
      ) : (
        RUN_FIRST
      );
    case 'group':
      return <GroupPanel address={address} sampleId={sampleId} />;
    case 'compare':
      return <BeforeAfterPanel address={address} sampleId={sampleId} reading={reading} />;
    case 'history':
      return <HistoryTab sample={sample} datasetId={datasetId} address={address} />;
    case 'whatif':
      return sample ? (
        <WhatIfTab
          sample={sample}
          url={url}
          address={address}
          before={isAboutThis(reading) ? reading : null}
          gridSize={main.asked?.gridSize ?? null}
          onAskFirst={main.run}
          onSecond={onSecond}
        />
      ) : null;
    case 'forensic':
      return sample ? <ForensicTab sample={sample} address={address} control={control} onSecond={onSecond} /> : null;
  }
}

/** A row of a robustness sweep answered a changed picture, and one from before a re-scan may have read another. */
function isAboutThis(reading: Reading | null): boolean {
  return reading?.change === undefined && !reading?.isEarlier;
}

/** The tab is part of the address; only the open one is mounted. */
export function ReadingTabs(props: ReadingTabsProps) {
  const tab = tabOf(props.address.tab);
  const list = useRef<HTMLDivElement>(null);
  const isOpened = useRef(false);
  useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>(`[data-testid=tab-${tab}]`);
    // A page that opens stays at its top; only the row of tabs moves.
    if (isOpened.current) chosen?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    else if (chosen && list.current) list.current.scrollLeft = chosen.offsetLeft + chosen.offsetWidth - list.current.clientWidth;
    isOpened.current = true;
  }, [tab]);
  return (
    <Tabs value={tab} onChange={(value) => props.address.patch({ tab: value })} keepMounted={false}>
      <Tabs.List ref={list} className={styles.tabs}>
        {TABS.map(({ value, label }) => (
          <Tabs.Tab key={value} value={value} data-testid={`tab-${value}`}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab}>
        <TabContent {...props} tab={tab} />
      </Tabs.Panel>
    </Tabs>
  );
}
