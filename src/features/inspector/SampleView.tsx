// The inspector of one image: picture on the left, verdict and reasoning on the right.
import { Button, Tabs } from '@mantine/core';
import { IconArrowLeft, IconArrowRight, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatBytes, formatHash } from '../../components/format.ts';
import { ModelNotes } from '../../components/ModelNotes.tsx';
import { ModelSelect } from '../../components/ModelSelect.tsx';
import { Page } from '../../components/Page.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import type { SampleRecord } from '../../shared/domain/sample.ts';
import { explanationKey, InspectionStore } from '../../state/inspection.ts';
import type { ExplainState } from '../../state/inspection.ts';
import { ModelsStore } from '../../state/models.ts';
import { SamplesStore } from '../../state/samples.ts';
import { SelectionStore } from '../../state/selection.ts';
import { inspectAddress } from './address.ts';
import { BeforeAfterTab } from './BeforeAfterTab.tsx';
import { GroupTab } from './GroupTab.tsx';
import { ImageStage } from './ImageStage.tsx';
import type { Reading } from './reading.ts';
import { ReadingView, StreamingView } from './ReadingView.tsx';
import { ReferenceTab } from './ReferenceTab.tsx';
import { TokensTab } from './TokensTab.tsx';
import { explainRequest, GROUP_SIZE, useModelReading, useStoredAnswers } from './use-explanation.ts';
import { useInspectKeys } from './use-inspect-keys.ts';
import { usePatchMap } from './use-patch-map.ts';
import { useNeighbours, useSample } from './use-sample.ts';
import styles from './Inspector.module.css';

const THRESHOLD = 0.5;

function FileFacts({ sample }: { sample: SampleRecord }) {
  const { width, height, format, sizeBytes, sha256, exifOrientation, artefacts, domain, split } = sample;
  const facts = [`${domain} · ${split}`, `${width} × ${height} ${format}, ${formatBytes(sizeBytes)}`, `SHA-256 ${formatHash(sha256)}…`];
  if (exifOrientation !== 1) facts.push(`shown upright; fed to the model as stored (EXIF orientation ${exifOrientation})`);
  return (
    <ul className={styles.fileFacts}>
      {facts.map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
      {artefacts && artefacts.length > 0 ? (
        <li>
          True artefacts of this synthetic image: {artefacts.map(({ kind, strength }) => `${kind} ${strength.toFixed(2)}`).join(', ')}
        </li>
      ) : null}
    </ul>
  );
}

/** What stands in the reading column before a finished answer. */
function Pending({ state, hasStored, onRun }: { state: ExplainState | undefined; hasStored: boolean; onRun: () => void }) {
  if (state?.phase === 'failed' && state.error) return <ErrorNotice error={state.error} action={{ label: 'Try again', onClick: onRun }} />;
  if (state?.phase === 'loading') {
    const { loaded } = state;
    return (
      <StreamingView
        text=""
        tokenCount={0}
        label={loaded && loaded.total > 0 ? `Loading the model, ${Math.round((100 * loaded.done) / loaded.total)} %` : 'Loading the model'}
      />
    );
  }
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

interface AddressState {
  modelId: string | null;
  compareId: string | null;
  runAtOnce: boolean;
  patch: (values: Record<string, string | null>) => void;
  query: string;
}

/** Model, comparison and tab live in the address, so that a link restores them. */
function useAddress(): AddressState {
  const [params, setParams] = useSearchParams();
  const chosen = SelectionStore.use((state) => state.modelId);
  const models = ModelsStore.use((state) => state.models);
  const modelId = params.get('model') ?? chosen ?? models[0]?.id ?? null;
  const patch = (values: Record<string, string | null>) =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        for (const [name, value] of Object.entries(values)) {
          if (value === null) next.delete(name);
          else next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );
  const kept = ['model', 'compare', 'tab'].flatMap((name) => {
    const value = params.get(name);
    return value === null ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  const other = models.find(({ id }) => id !== modelId)?.id ?? null;
  return {
    modelId,
    compareId: params.get('compare') ?? other,
    runAtOnce: params.get('run') === '1',
    patch,
    query: kept.length > 0 ? `?${kept.join('&')}` : '',
  };
}

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

function readoutsOf(reading: Reading | null, state: ExplainState | undefined) {
  const isPending = state?.phase === 'loading' || state?.phase === 'generating';
  if (isPending || !reading) return { pFakeHead: state?.pFakeHead ?? null, pFakeToken: null, predict: null, parseRule: '', pending: true };
  return { ...reading, pending: false };
}

/** The whole inspector for one sample id. */
export function SampleView({ datasetId, sampleId }: { datasetId: string; sampleId: string }) {
  const navigate = useNavigate();
  const { sample, url, error } = useSample(sampleId);
  const neighbours = useNeighbours(datasetId, sampleId);
  const dataset = SamplesStore.use((state) => (state.datasetId === datasetId ? state.dataset : null));
  const models = ModelsStore.use((state) => state.models);
  const chooseModel = SelectionStore.use((state) => state.chooseModel);
  const [params] = useSearchParams();
  const address = useAddress();
  const stored = useStoredAnswers(sampleId);
  const main = useModelReading(address.modelId, sampleId);
  const other = useModelReading(address.compareId, sampleId);
  const groupKey = explanationKey({ modelId: address.modelId ?? '', sampleId, numGenerations: GROUP_SIZE });
  const group = InspectionStore.use((state) => state.explanations[groupKey]);
  const explain = InspectionStore.use((state) => state.explain);
  const [active, setActive] = useState<number | null>(null);
  const [overlay, setOverlay] = useState(false);

  const isBusy = main.state?.phase === 'loading' || main.state?.phase === 'generating';
  const reading = isBusy ? null : main.reading;
  const paragraphs = reading?.completion.paragraphs ?? [];
  const activeParagraph = active === null ? undefined : paragraphs[active];
  const map = usePatchMap(
    overlay && address.modelId ? { modelId: address.modelId, sampleId, text: activeParagraph?.keyword ?? null } : null,
  );
  const go = (id: string | null) => {
    if (id) void navigate(inspectAddress(datasetId, id, address.query));
  };
  useRunAtOnce(address.runAtOnce && stored !== undefined && address.modelId !== null, main.reading !== null, main.run, () =>
    address.patch({ run: null }),
  );
  useInspectKeys({
    onNext: () => go(neighbours.next),
    onPrevious: () => go(neighbours.previous),
    onParagraph: (direction) =>
      setActive((old) =>
        paragraphs.length === 0 ? null : ((old ?? (direction > 0 ? -1 : 0)) + direction + paragraphs.length) % paragraphs.length,
      ),
    onOverlay: () => {
      setOverlay(!overlay);
      setActive((old) => old ?? (paragraphs.length > 0 ? 0 : null));
    },
  });

  if (error) {
    return (
      <Page title="Inspect">
        <ErrorNotice error={error} />
      </Page>
    );
  }
  const tiny = models.find(({ id }) => id === address.modelId)?.tiny ?? true;
  return (
    <Page
      title={sample ? (sample.path.split('/').at(-1) ?? sample.path) : 'Inspect'}
      width="full"
      above={
        <>
          <Link to={`/data/${encodeURIComponent(datasetId)}`}>{dataset?.name ?? datasetId}</Link> /{' '}
          {sample?.path.split('/').slice(0, -1).join(' / ')}
        </>
      }
      actions={
        <div className={styles.walk}>
          <span className={styles.position}>
            {neighbours.position > 0 ? `${neighbours.position} of ${neighbours.total}${neighbours.isFiltered ? ' in the filter' : ''}` : ''}
          </span>
          <Button
            variant="default"
            data-testid="inspect-previous"
            disabled={!neighbours.previous}
            onClick={() => go(neighbours.previous)}
            leftSection={<IconArrowLeft size={15} aria-hidden />}
            title="k or ←"
          >
            Previous
          </Button>
          <Button
            variant="default"
            data-testid="inspect-next"
            disabled={!neighbours.next}
            onClick={() => go(neighbours.next)}
            rightSection={<IconArrowRight size={15} aria-hidden />}
            title="j or →"
          >
            Next
          </Button>
        </div>
      }
    >
      <div className={styles.layout}>
        <aside className={styles.left}>
          <ImageStage url={url} path={sample?.path ?? ''} width={sample?.width ?? 1} height={sample?.height ?? 1} map={map.map} />
          <Button
            variant={overlay ? undefined : 'default'}
            aria-pressed={overlay}
            disabled={paragraphs.length === 0}
            onClick={() => {
              setOverlay(!overlay);
              setActive((old) => old ?? 0);
            }}
            title="o"
          >
            {overlay ? 'Hide the similarity map' : 'Where does the keyword match? (similarity map)'}
          </Button>
          {overlay && map.message ? <p className={styles.facts}>{map.message}</p> : null}
          {map.error ? <ErrorNotice error={map.error} /> : null}
          {sample ? <FileFacts sample={sample} /> : null}
        </aside>
        <div className={styles.right}>
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
              disabled={!address.modelId || !sample}
              onClick={main.run}
              leftSection={<IconPlayerPlay size={15} aria-hidden />}
            >
              {main.reading ? 'Run again' : 'Run the model'}
            </Button>
          </div>
          {reading || isBusy ? <Verdict {...readoutsOf(reading, main.state)} truth={sample?.label ?? null} threshold={THRESHOLD} /> : null}
          <Tabs value={params.get('tab') ?? 'reasoning'} onChange={(tab) => address.patch({ tab })} keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="reasoning">Reasoning</Tabs.Tab>
              <Tabs.Tab value="reference">Reference</Tabs.Tab>
              <Tabs.Tab value="tokens">Tokens</Tabs.Tab>
              <Tabs.Tab value="group">Group of 8</Tabs.Tab>
              <Tabs.Tab value="compare">Before / after</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="reasoning">
              {reading ? (
                <ReadingView reading={reading} activeParagraph={active} onSelect={setActive} />
              ) : (
                <Pending state={main.state} hasStored={(stored?.length ?? 0) > 0} onRun={main.run} />
              )}
            </Tabs.Panel>
            <Tabs.Panel value="reference">
              <ReferenceTab annotation={sample?.annotation} reading={reading} />
            </Tabs.Panel>
            <Tabs.Panel value="tokens">
              {reading ? <TokensTab reading={reading} /> : <p className={styles.facts}>Run the model on this image first.</p>}
            </Tabs.Panel>
            <Tabs.Panel value="group">
              <GroupTab
                state={group}
                weights={explainRequest('', sampleId, 1).reward}
                onRun={() => {
                  if (address.modelId) void explain(explainRequest(address.modelId, sampleId, GROUP_SIZE));
                }}
              />
            </Tabs.Panel>
            <Tabs.Panel value="compare">
              <BeforeAfterTab
                models={models}
                before={{ modelId: address.modelId, reading }}
                after={{ modelId: address.compareId, reading: other.reading, state: other.state }}
                onChooseAfter={(id) => address.patch({ compare: id })}
                onRun={other.run}
              />
            </Tabs.Panel>
          </Tabs>
          <ModelNotes tiny={tiny} synthetic={dataset?.synthetic ?? false} />
        </div>
      </div>
    </Page>
  );
}
