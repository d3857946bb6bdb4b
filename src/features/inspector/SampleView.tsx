// The inspector of one image: picture on the left, verdict and reasoning on the right.
import { Button } from '@mantine/core';
import { IconArrowLeft, IconArrowRight, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { ModelNotes } from '../../components/ModelNotes.tsx';
import { ModelSelect } from '../../components/ModelSelect.tsx';
import { Page } from '../../components/Page.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import type { ExplainState } from '../../state/inspection.ts';
import { INSPECT_KEYS } from '../../state/key-tables.ts';
import { ModelsStore } from '../../state/models.ts';
import { SamplesStore } from '../../state/samples.ts';
import { SelectionStore } from '../../state/selection.ts';
import { useKeys } from '../../state/use-keys.ts';
import { inspectAddress } from './address.ts';
import { ImageColumn } from './ImageColumn.tsx';
import type { Reading } from './reading.ts';
import { ReadingTabs } from './ReadingTabs.tsx';
import type { InspectAddress } from './use-address.ts';
import { useAddress } from './use-address.ts';
import type { ModelReading } from './use-explanation.ts';
import { useModelReading, useStoredAnswers } from './use-explanation.ts';
import { usePatchMap } from './use-patch-map.ts';
import type { Neighbours } from './use-sample.ts';
import { useNeighbours, useSample } from './use-sample.ts';
import styles from './Inspector.module.css';

const THRESHOLD = 0.5;

/** Runs the model once when the address asks for it and nothing is known yet. */
function useRunAtOnce(wanted: boolean, isKnown: boolean, run: () => void, clear: () => void): void {
  const done = useRef(false);
  useEffect(() => {
    if (!wanted || done.current) return;
    done.current = true;
    if (!isKnown) run();
    clear();
  }, [wanted, isKnown, run, clear]);
}

/** Which paragraph is chosen, and whether its similarity map is shown. */
function useParagraphs(count: number) {
  const [active, setActive] = useState<number | null>(null);
  const [isMapShown, setIsMapShown] = useState(false);
  const step = (direction: 1 | -1) =>
    setActive((old) => (count === 0 ? null : ((old ?? (direction > 0 ? -1 : 0)) + direction + count) % count));
  const toggleMap = () => {
    setIsMapShown(!isMapShown);
    setActive((old) => old ?? (count > 0 ? 0 : null));
  };
  return { active, setActive, isMapShown, step, toggleMap };
}

function readoutsOf(reading: Reading | null, state: ExplainState | undefined) {
  if (reading) return { ...reading, pending: false };
  return { pFakeHead: state?.pFakeHead ?? null, pFakeToken: null, predict: null, parseRule: '', pending: true };
}

function Walk({ neighbours, onGo }: { neighbours: Neighbours; onGo: (id: string | null) => void }) {
  const { previous, next, position, total, isFiltered } = neighbours;
  return (
    <div className={styles.walk}>
      <span className={styles.position}>{position > 0 ? `${position} of ${total}${isFiltered ? ' in the filter' : ''}` : ''}</span>
      <Button
        variant="default"
        data-testid="inspect-previous"
        disabled={!previous}
        onClick={() => onGo(previous)}
        leftSection={<IconArrowLeft size={15} aria-hidden />}
        title="k or ←"
      >
        Previous
      </Button>
      <Button
        variant="default"
        data-testid="inspect-next"
        disabled={!next}
        onClick={() => onGo(next)}
        rightSection={<IconArrowRight size={15} aria-hidden />}
        title="j or →"
      >
        Next
      </Button>
    </div>
  );
}

function ModelBar({ address, main, isBusy, canRun }: { address: InspectAddress; main: ModelReading; isBusy: boolean; canRun: boolean }) {
  const models = ModelsStore.use((state) => state.models);
  const chooseModel = SelectionStore.use((state) => state.chooseModel);
  return (
    <div className={styles.modelBar}>
      <ModelSelect
        models={models}
        value={address.modelId}
        onChange={(id) => {
          chooseModel(id);
          address.patch({ model: id });
        }}
      />
      <Button
        data-testid="inspect-run"
        loading={isBusy}
        disabled={!canRun}
        onClick={main.run}
        leftSection={<IconPlayerPlay size={15} aria-hidden />}
      >
        {main.reading ? 'Run again' : 'Run the model'}
      </Button>
    </div>
  );
}

/** The whole inspector for one sample id. */
export function SampleView({ datasetId, sampleId }: { datasetId: string; sampleId: string }) {
  const navigate = useNavigate();
  const loaded = useSample(sampleId);
  const neighbours = useNeighbours(datasetId, sampleId);
  const dataset = SamplesStore.use((state) => (state.datasetId === datasetId ? state.dataset : null));
  const address = useAddress();
  const { modelId, patch, query } = address;
  const tiny = ModelsStore.use((state) => state.models.find(({ id }) => id === modelId)?.tiny ?? true);
  const stored = useStoredAnswers(sampleId);
  const main = useModelReading(modelId, sampleId);
  const isBusy = main.state?.phase === 'loading' || main.state?.phase === 'generating';
  const reading = isBusy ? null : main.reading;
  const paragraphs = reading?.completion.paragraphs ?? [];
  const { active, setActive, isMapShown, step, toggleMap } = useParagraphs(paragraphs.length);
  const keyword = active === null ? null : (paragraphs[active]?.keyword ?? null);
  const map = usePatchMap(isMapShown && modelId ? { modelId, sampleId, text: keyword } : null);
  const go = (id: string | null) => {
    if (id) void navigate(inspectAddress(datasetId, id, query));
  };
  const isReady = stored !== undefined && modelId !== null;
  useRunAtOnce(address.runAtOnce && isReady, main.reading !== null, main.run, () => patch({ run: null }));
  useKeys(INSPECT_KEYS, {
    next: () => go(neighbours.next),
    previous: () => go(neighbours.previous),
    run: main.run,
    paragraph: () => step(1),
    paragraphBack: () => step(-1),
    overlay: toggleMap,
  });
  const { sample, error } = loaded;
  if (error) {
    return (
      <Page title="Inspect">
        <ErrorNotice error={error} />
      </Page>
    );
  }
  const folders = sample?.path.split('/') ?? [];
  return (
    <Page
      title={folders.at(-1) ?? 'Inspect'}
      width="full"
      above={
        <>
          <Link to={`/data/${encodeURIComponent(datasetId)}`}>{dataset?.name ?? datasetId}</Link> / {folders.slice(0, -1).join(' / ')}
        </>
      }
      actions={<Walk neighbours={neighbours} onGo={go} />}
    >
      <div className={styles.layout}>
        <ImageColumn loaded={loaded} map={map} isMapShown={isMapShown} canMap={paragraphs.length > 0} onToggleMap={toggleMap} />
        <div className={styles.right}>
          <ModelBar address={address} main={main} isBusy={isBusy} canRun={modelId !== null && sample !== null} />
          {reading || isBusy ? <Verdict {...readoutsOf(reading, main.state)} truth={sample?.label ?? null} threshold={THRESHOLD} /> : null}
          <ReadingTabs
            sampleId={sampleId}
            sample={sample}
            address={address}
            main={main}
            reading={reading}
            hasStored={(stored?.length ?? 0) > 0}
            activeParagraph={active}
            onSelectParagraph={setActive}
          />
          <ModelNotes tiny={tiny} synthetic={dataset?.synthetic ?? false} />
        </div>
      </div>
    </Page>
  );
}
