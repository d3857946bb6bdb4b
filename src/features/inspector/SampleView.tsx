// The inspector of one image: picture on the left, verdict and reasoning on the right.
import { useEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { FolderNotice } from '../../components/FolderNotice.tsx';
import { Page } from '../../components/Page.tsx';
import type { SampleRecord } from '../../shared/domain/sample.ts';
import { INSPECT_KEYS } from '../../state/key-tables.ts';
import { PRIVATE_CASE_ID } from '../../state/private-case.ts';
import { SamplesStore } from '../../state/samples.ts';
import { SelectionStore } from '../../state/selection.ts';
import { useFolderAccess } from '../../state/use-folder-access.ts';
import { useKeys } from '../../state/use-keys.ts';
import { datasetAddress, inspectAddress, reportAddress } from './address.ts';
import { AnswerColumn } from './AnswerColumn.tsx';
import { ImageColumn } from './image/ImageColumn.tsx';
import type { SecondImage } from './image/ImageStage.tsx';
import { NotesPanel } from './NotesPanel.tsx';
import { paragraphIn } from './inspect-link.ts';
import { neighbourTab } from './tabs/ReadingTabs.tsx';
import { useAddress, type InspectAddress } from './use-address.ts';
import { useAnswer } from './use-answer.ts';
import { shownSize } from './image/picture-frame.ts';
import { useOpaqueCopy } from './image/use-alpha.ts';
import { useAddressView } from './image/use-address-view.ts';
import { useImageView, type ImageViewControl } from './image/use-image-view.ts';
import { useNotes, type SampleNotes } from './use-notes.ts';
import { usePatchMap } from './image/use-patch-map.ts';
import { useNeighbours, useSample } from './use-sample.ts';
import styles from './Inspector.module.css';
import { Walk } from './Walk.tsx';

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

/** The other picture that a tab offers, else the fallback, and which of the two the stage shows. */
function useSecondImage(fallback: SecondImage | null, { read, patch }: InspectAddress) {
  const [offered, setSecond] = useState<SecondImage | null>(null);
  const second = offered ?? fallback;
  const flip = () => patch((now) => ({ flip: now.get('flip') === '1' ? null : '1' }));
  return { second, setSecond, isShown: read('flip') === '1' && second !== null, flip };
}

/** How the picture lies on its stage. */
function useStage(address: InspectAddress, sample: SampleRecord | null, hasMap: boolean) {
  const column = useRef<HTMLElement>(null);
  const opaque = useOpaqueCopy(sample);
  const second = useSecondImage(opaque, address);
  const isAsStored = second.second !== null || hasMap;
  const size = shownSize(sample ?? { width: 1, height: 1 }, sample?.exifOrientation ?? 1, isAsStored);
  const frameWidth = () => column.current?.querySelector('[data-image-frame]')?.clientWidth ?? 300;
  const control = useImageView(useAddressView(address, size), size, frameWidth);
  return { column, hasAlpha: opaque !== null, second, isAsStored, control };
}

/** The present page is the one to come back to. */
function useLookAt(datasetId: string, sampleId: string, path: string | undefined): void {
  const lookAt = SelectionStore.use((state) => state.lookAt);
  useEffect(() => {
    if (path) lookAt(inspectAddress(datasetId, sampleId), path);
  }, [path, datasetId, sampleId, lookAt]);
}

const noteKeys = ({ toggleMark, rate }: SampleNotes) => ({
  mark: toggleMark,
  rate1: () => rate(1),
  rate2: () => rate(2),
  rate3: () => rate(3),
  rate4: () => rate(4),
  rate5: () => rate(5),
});

const stageKeys = (control: ImageViewControl, flipView: () => void) => ({
  zoomIn: () => control.zoomBy(1.5),
  zoomOut: () => control.zoomBy(1 / 1.5),
  wholeImage: control.reset,
  pixels: control.togglePixels,
  mirror: control.mirror,
  flipView,
  panLeft: () => control.pan(-0.1, 0),
  panRight: () => control.pan(0.1, 0),
  panUp: () => control.pan(0, -0.1),
  panDown: () => control.pan(0, 0.1),
});

/** All that the inspector shows of one image, and its keys. */
function useInspector(datasetId: string, sampleId: string) {
  const navigate = useNavigate();
  const address = useAddress();
  const access = useFolderAccess(datasetId);
  const loaded = useSample(sampleId, address.read('needs'), access.version);
  const neighbours = useNeighbours(datasetId, sampleId);
  const answer = useAnswer(address, sampleId);
  const { sample, notes } = useNotes(loaded.sample);
  useLookAt(datasetId, sampleId, loaded.sample?.path);
  const { modelId, patch, query, tab } = address;
  const found = answer.reading?.completion.paragraphs ?? [];
  const paragraphs = useParagraphs(address, found.length);
  const { active, isMapShown, step, toggleMap } = paragraphs;
  const keyword = active === null ? null : (found[active]?.keyword ?? null);
  const map = usePatchMap(isMapShown && modelId ? { modelId, sampleId, text: keyword } : null);
  const stage = useStage(address, sample, map.map !== null);
  const go = (id: string | null) => {
    if (id) void navigate(inspectAddress(datasetId, id, query));
  };
  useKeys(INSPECT_KEYS, {
    next: () => go(neighbours.next),
    previous: () => go(neighbours.previous),
    run: answer.main.run,
    paragraph: () => step(1),
    paragraphBack: () => step(-1),
    overlay: toggleMap,
    tabNext: () => patch({ tab: neighbourTab(tab, 1) }),
    tabBack: () => patch({ tab: neighbourTab(tab, -1) }),
    ...noteKeys(notes),
    ...stageKeys(stage.control, stage.second.flip),
  });
  return {
    address,
    access,
    loaded: { ...loaded, sample },
    notes,
    neighbours,
    go,
    answer,
    paragraphs,
    canMap: found.length > 0,
    map,
    stage,
  };
}

/** The whole inspector for one sample id. */
export function SampleView({ datasetId, sampleId }: { datasetId: string; sampleId: string }) {
  const dataset = SamplesStore.use((state) => (state.datasetId === datasetId ? state.dataset : null));
  const inspector = useInspector(datasetId, sampleId);
  const { address, access, loaded, notes, neighbours, go, answer, paragraphs, canMap, map, stage } = inspector;
  if (loaded.error) {
    return (
      <Page title="Inspect">
        <ErrorNotice error={loaded.error} />
        {access.blocked ? <FolderNotice folder={access.blocked.folder} onAllow={access.allow} /> : null}
        <Link to="/data">All datasets</Link>
      </Page>
    );
  }
  const { sample } = loaded;
  const folders = sample?.path.split('/') ?? [];
  const { column, control, second, ...shown } = stage;
  const report = reportAddress(datasetId, sampleId, address.modelId, { from: address.from, precision: address.read('precision') });
  return (
    <Page
      title={folders.at(-1) ?? 'Inspect'}
      width="full"
      above={
        <>
          <Link to={datasetAddress(datasetId)}>{dataset?.name ?? datasetId}</Link> / {folders.slice(0, -1).join(' / ')}
        </>
      }
      actions={<Walk neighbours={neighbours} onGo={go} report={report} dataset={dataset} />}
    >
      <div className={styles.layout}>
        <ImageColumn
          ref={column}
          loaded={loaded}
          map={map}
          isMapShown={paragraphs.isMapShown}
          canMap={canMap}
          onToggleMap={paragraphs.toggleMap}
          control={control}
          second={second}
          {...shown}
        >
          {sample ? <NotesPanel sample={sample} notes={notes} isPrivate={datasetId === PRIVATE_CASE_ID} /> : null}
        </ImageColumn>
        <AnswerColumn
          answer={answer}
          isSynthetic={dataset?.synthetic ?? false}
          sampleId={sampleId}
          datasetId={datasetId}
          loaded={loaded}
          address={address}
          activeParagraph={paragraphs.active}
          onSelectParagraph={paragraphs.setActive}
          control={control}
          onSecond={second.setSecond}
        />
      </div>
    </Page>
  );
}
