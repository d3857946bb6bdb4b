// The inspector of one image: picture on the left, verdict and reasoning on the right.
import { useEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { FolderNotice } from '../../components/FolderNotice.tsx';
import { ModelNotes } from '../../components/ModelNotes.tsx';
import { Page } from '../../components/Page.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import type { ExplainState } from '../../state/inspection.ts';
import { INSPECT_KEYS } from '../../state/key-tables.ts';
import { ModelsStore } from '../../state/models.ts';
import { PRIVATE_CASE_ID } from '../../state/private-case.ts';
import { SamplesStore } from '../../state/samples.ts';
import { SelectionStore } from '../../state/selection.ts';
import { useFrozenThreshold } from '../../state/use-frozen-threshold.ts';
import { useFolderAccess } from '../../state/use-folder-access.ts';
import { useKeys } from '../../state/use-keys.ts';
import { datasetAddress, inspectAddress, reportAddress } from './address.ts';
import { ImageColumn } from './image/ImageColumn.tsx';
import type { SecondImage } from './image/ImageStage.tsx';
import { KeepNotice } from './KeepNotice.tsx';
import { NotesPanel } from './NotesPanel.tsx';
import { paragraphIn } from './inspect-link.ts';
import { InspectLinkNotes } from './InspectLinkNotes.tsx';
import type { Reading } from './reading.ts';
import { neighbourTab, ReadingTabs } from './tabs/ReadingTabs.tsx';
import { useAddress, type InspectAddress } from './use-address.ts';
import { useModelReading, useStoredAnswers } from './use-explanation.ts';
import { shownSize } from './image/picture-frame.ts';
import { useOpaqueCopy } from './image/use-alpha.ts';
import { useAddressView } from './image/use-address-view.ts';
import { useImageView } from './image/use-image-view.ts';
import { useNotes } from './use-notes.ts';
import { usePatchMap } from './image/use-patch-map.ts';
import { useNeighbours, useSample } from './use-sample.ts';
import styles from './Inspector.module.css';
import { MeasuredErrors, ModelBar } from './ModelBar.tsx';
import { StoredAnswers } from './StoredAnswers.tsx';
import { Walk } from './Walk.tsx';

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
function useParagraphs({ read, patch }: InspectAddress, count: number) {
  const numberOf = (index: number): string => String(index + 1);
  const active = paragraphIn(read('paragraph'), count);
  const isMapShown = read('map') === '1';
  const setActive = (index: number) => patch({ paragraph: numberOf(index) });
  const step = (direction: 1 | -1) =>
    patch((now) => {
      const from = paragraphIn(now.get('paragraph'), count) ?? (direction > 0 ? -1 : 0);
      return { paragraph: count === 0 ? null : numberOf((from + direction + count) % count) };
    });
  const toggleMap = () =>
    patch((now) => {
      const isAny = count === 0 || paragraphIn(now.get('paragraph'), count) !== null;
      return { map: now.get('map') === '1' ? null : '1', ...(isAny ? {} : { paragraph: numberOf(0) }) };
    });
  return { active, setActive, isMapShown, step, toggleMap };
}

function readoutsOf(reading: Reading | null, state: ExplainState | undefined) {
  if (reading) return { ...reading, pending: false };
  return { pFakeHead: state?.pFakeHead ?? null, pFakeToken: null, predict: null, parseRule: '', pending: true };
}

/** The other picture that a tab offers, else the fallback, and which of the two the stage shows. */
function useSecondImage(fallback: SecondImage | null, { read, patch }: InspectAddress) {
  const [offered, setSecond] = useState<SecondImage | null>(null);
  const second = offered ?? fallback;
  const flip = () => patch((now) => ({ flip: now.get('flip') === '1' ? null : '1' }));
  return { second, setSecond, isShown: read('flip') === '1' && second !== null, flip };
}

/** The whole inspector for one sample id. */
export function SampleView({ datasetId, sampleId }: { datasetId: string; sampleId: string }) {
  const navigate = useNavigate();
  const address = useAddress();
  const access = useFolderAccess(datasetId);
  const loaded = useSample(sampleId, address.read('needs'), access.version);
  const neighbours = useNeighbours(datasetId, sampleId);
  const dataset = SamplesStore.use((state) => (state.datasetId === datasetId ? state.dataset : null));
  const { modelId, patch, query } = address;
  const tiny = ModelsStore.use((state) => state.models.find(({ id }) => id === modelId)?.tiny ?? false);
  const stored = useStoredAnswers(sampleId);
  const { precision, from } = address;
  const asked = useModelReading(modelId, sampleId, { precision, from });
  const run = () => {
    if (from !== null) patch({ from: null });
    asked.run();
  };
  const main = { ...asked, run };
  const measured = useFrozenThreshold(modelId);
  const { sample, notes } = useNotes(loaded.sample);
  const lookAt = SelectionStore.use((state) => state.lookAt);
  const path = loaded.sample?.path;
  useEffect(() => {
    if (path) lookAt(inspectAddress(datasetId, sampleId), path);
  }, [path, datasetId, sampleId, lookAt]);
  const isBusy = main.state?.phase === 'loading' || main.state?.phase === 'generating';
  const reading = isBusy ? null : main.reading;
  const paragraphs = reading?.completion.paragraphs ?? [];
  const { active, setActive, isMapShown, step, toggleMap } = useParagraphs(address, paragraphs.length);
  const keyword = active === null ? null : (paragraphs[active]?.keyword ?? null);
  const map = usePatchMap(isMapShown && modelId ? { modelId, sampleId, text: keyword } : null);
  const column = useRef<HTMLElement>(null);
  const opaque = useOpaqueCopy(sample);
  const second = useSecondImage(opaque, address);
  const isAsStored = second.second !== null || map.map !== null;
  const size = shownSize(sample ?? { width: 1, height: 1 }, sample?.exifOrientation ?? 1, isAsStored);
  const control = useImageView(
    useAddressView(address, size),
    size,
    () => column.current?.querySelector('[data-image-frame]')?.clientWidth ?? 300,
  );
  const go = (id: string | null) => {
    if (id) void navigate(inspectAddress(datasetId, id, query));
  };
  const isReady = stored !== undefined && modelId !== null && main.isReady;
  useRunAtOnce(address.runAtOnce && isReady, main.reading !== null, main.run, () => patch({ run: null }));
  useKeys(INSPECT_KEYS, {
    next: () => go(neighbours.next),
    previous: () => go(neighbours.previous),
    run: main.run,
    paragraph: () => step(1),
    paragraphBack: () => step(-1),
    overlay: toggleMap,
    tabNext: () => patch({ tab: neighbourTab(address.tab, 1) }),
    tabBack: () => patch({ tab: neighbourTab(address.tab, -1) }),
    mark: notes.toggleMark,
    rate1: () => notes.rate(1),
    rate2: () => notes.rate(2),
    rate3: () => notes.rate(3),
    rate4: () => notes.rate(4),
    rate5: () => notes.rate(5),
    zoomIn: () => control.zoomBy(1.5),
    zoomOut: () => control.zoomBy(1 / 1.5),
    wholeImage: control.reset,
    pixels: control.togglePixels,
    mirror: control.mirror,
    flipView: second.flip,
    panLeft: () => control.pan(-0.1, 0),
    panRight: () => control.pan(0.1, 0),
    panUp: () => control.pan(0, -0.1),
    panDown: () => control.pan(0, 0.1),
  });
  if (loaded.error) {
    return (
      <Page title="Inspect">
        <ErrorNotice error={loaded.error} />
        {access.blocked ? <FolderNotice folder={access.blocked.folder} onAllow={access.allow} /> : null}
        <Link to="/data">All datasets</Link>
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
          <Link to={datasetAddress(datasetId)}>{dataset?.name ?? datasetId}</Link> / {folders.slice(0, -1).join(' / ')}
        </>
      }
      actions={
        <Walk
          neighbours={neighbours}
          onGo={go}
          report={reportAddress(datasetId, sampleId, modelId, { from, precision: address.read('precision') })}
          dataset={dataset}
        />
      }
    >
      <div className={styles.layout}>
        <ImageColumn
          ref={column}
          loaded={{ ...loaded, sample }}
          map={map}
          isAsStored={isAsStored}
          isMapShown={isMapShown}
          canMap={paragraphs.length > 0}
          onToggleMap={toggleMap}
          control={control}
          second={second}
          hasAlpha={opaque !== null}
        >
          {sample ? <NotesPanel sample={sample} notes={notes} isPrivate={datasetId === PRIVATE_CASE_ID} /> : null}
        </ImageColumn>
        <div className={styles.right}>
          <InspectLinkNotes address={address} stored={stored} main={main} reading={reading} />
          <ModelBar address={address} main={main} isBusy={isBusy} canRun={modelId !== null && sample !== null} />
          <StoredAnswers
            stored={(stored ?? []).filter(({ evaluation }) => evaluation.modelId === modelId)}
            asked={main.asked}
            shown={main.reading}
            onChoose={(id) => patch({ from: id })}
          />
          <KeepNotice error={main.state?.keepError} what="The answer" />
          {reading || isBusy ? (
            <Verdict {...readoutsOf(reading, main.state)} truth={sample?.label ?? null} threshold={THRESHOLD} measured={measured} />
          ) : null}
          {reading && modelId ? <MeasuredErrors modelId={modelId} /> : null}
          <ReadingTabs
            sampleId={sampleId}
            datasetId={datasetId}
            loaded={{ ...loaded, sample }}
            address={address}
            main={main}
            reading={reading}
            hasStored={(stored?.length ?? 0) > 0}
            activeParagraph={active}
            onSelectParagraph={setActive}
            control={control}
            onSecond={second.setSecond}
          />
          <ModelNotes tiny={tiny} synthetic={dataset?.synthetic ?? false} />
        </div>
      </div>
    </Page>
  );
}
