// The printable report on one image: everything a reader needs to weigh the estimate, on paper or in one file.
import { Button, Switch } from '@mantine/core';
import { IconDownload, IconPrinter } from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link, useParams } from 'react-router';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatPlural } from '../../../components/format.ts';
import { Page } from '../../../components/Page.tsx';
import { saveFile } from '../../../components/save-file.ts';
import type { DatasetRecord, SampleRecord } from '../../../shared/domain/sample.ts';
import { ModelsStore, type ModelEntry } from '../../../state/models.ts';
import { NoticesStore } from '../../../state/notices.ts';
import { SamplesStore } from '../../../state/samples.ts';
import { MissingModel } from '../ModelBar.tsx';
import { inspectAddress } from '../address.ts';
import { InspectLinkNotes } from '../InspectLinkNotes.tsx';
import { useAddress, type InspectAddress } from '../use-address.ts';
import { useErrorRates } from '../use-error-rates.ts';
import { useModelReading, useStoredAnswers } from '../use-explanation.ts';
import { useSample } from '../use-sample.ts';
import type { AskedReading } from '../reading.ts';
import type { ReportModel } from './case-report.ts';
import { REPORT_VIEWS, ReportSheet, type ReportSheetProps } from './ReportSheet.tsx';
import css from './report.css?inline';
import { reportHtml } from './save-report.ts';
import styles from '../Inspector.module.css';

interface ToolsProps {
  sample: SampleRecord;
  views: boolean;
  onViews: (on: boolean) => void;
  /** Views that are still being drawn: a file or print would lack them. */
  missing: number;
  sheet: () => HTMLElement | null;
  pictures: ReadonlyMap<string, Blob>;
}

function Tools({ sample, views, onViews, missing, sheet, pictures }: ToolsProps) {
  const notices = NoticesStore.useApi();
  const save = async () => {
    const element = sheet();
    if (!element) return;
    const title = `Report on ${sample.path.split('/').at(-1) ?? 'image'}`;
    try {
      await saveFile(`report-${sample.sha256.slice(0, 8)}.html`, await reportHtml({ sheet: element, css, title, pictures }), 'text/html');
    } catch (error) {
      notices.getState().raise(error);
    }
  };
  return (
    <div className={styles.reportTools} data-no-print>
      <Button leftSection={<IconPrinter size={16} aria-hidden />} disabled={missing > 0} onClick={() => window.print()}>
        Print / save as PDF
      </Button>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        disabled={missing > 0}
        onClick={() => void save()}
        data-testid="report-save"
      >
        Save as one HTML file
      </Button>
      <Switch label="With forensic views" checked={views} onChange={(event) => onViews(event.currentTarget.checked)} />
      <span className={styles.facts} role="status">
        {missing > 0 ? `Drawing ${formatPlural(missing, 'view')} first…` : ''}
      </span>
    </div>
  );
}

type ReportProps = Pick<ReportSheetProps, 'sample' | 'url' | 'file' | 'dataset' | 'model' | 'reading' | 'rates'> & {
  address: InspectAddress;
};

/** The sheet, and what can be done with it once its views are drawn. */
function Report({ address, ...report }: ReportProps) {
  const views = address.read('views') === '1';
  const [settled, setSettled] = useState<readonly string[]>([]);
  const settle = useCallback((view: string) => setSettled((old) => [...new Set([...old, view])]), []);
  if (!views && settled.length > 0) setSettled([]); // shown again they are drawn anew
  const missing = views ? REPORT_VIEWS.filter(({ view }) => !settled.includes(view.kind)).length : 0;
  const sheet = useRef<HTMLElement>(null);
  const [pictures] = useState(() => new Map<string, Blob>());
  const keepPicture = useCallback((url: string, blob: Blob) => void pictures.set(url, blob), [pictures]);
  return (
    <>
      <Tools
        sample={report.sample}
        views={views}
        onViews={(on) => address.patch({ views: on ? '1' : null })}
        missing={missing}
        sheet={() => sheet.current}
        pictures={pictures}
      />
      <ReportSheet {...report} ref={sheet} onPicture={keepPicture} onViewSettled={settle} withViews={views} />
    </>
  );
}

function NothingYet({ model, isBusy, onRun }: { model: ModelEntry | null; isBusy: boolean; onRun: () => void }) {
  return (
    <EmptyState
      title="Nothing to report yet"
      actions={
        <Button loading={isBusy} disabled={!model} onClick={onRun} data-testid="report-run">
          Run {model?.name ?? 'the model'} on this image
        </Button>
      }
    >
      A report holds the model’s estimate and its reasoning, so the model has to answer first.
    </EmptyState>
  );
}

/** The dataset that holds the image, opened where another one is. */
function useDatasetOf(datasetId: string): DatasetRecord | null {
  const samples = SamplesStore.useApi();
  useEffect(() => {
    if (samples.getState().datasetId !== datasetId) void samples.getState().open(datasetId);
  }, [samples, datasetId]);
  return SamplesStore.use((state) => (state.datasetId === datasetId ? state.dataset : null));
}

/** What a link to a report says of the answer; the rest of the address belongs to the inspector. */
const ANSWER_OF_LINK = ['from', 'precision'];

/** What a stored answer knows of a model that is not here any more. */
const goneModel = (id: string, { modelName = id }: AskedReading): ReportModel => ({ id, name: modelName, step: 0, tiny: false });

/** `#/report/:dataset/:sample?model=` */
export function ReportPage() {
  const { dataset: datasetId = '', sample: path = '' } = useParams();
  const sampleId = path.startsWith(`${datasetId}/`) ? path : `${datasetId}/${path}`;
  const address = useAddress();
  const { modelId } = address;
  const { sample, file, url, error } = useSample(sampleId, address.read('needs'));
  const stored = useStoredAnswers(sampleId);
  const main = useModelReading(modelId, sampleId, address);
  const { reading } = main;
  const model = ModelsStore.use((state) => state.models.find(({ id }) => id === modelId) ?? null);
  const isModelMissing = ModelsStore.use((state) => state.phase === 'ready') && modelId !== null && model === null;
  const dataset = useDatasetOf(datasetId);
  const reported = model ?? (reading && isModelMissing ? goneModel(modelId, reading) : null);
  const rates = useErrorRates(modelId);
  const isBusy = main.state?.phase === 'loading' || main.state?.phase === 'generating';
  const failure = error ?? (reading ? null : main.state?.error);
  const back = <Link to={inspectAddress(datasetId, sampleId, address.query)}>Back to the image</Link>;
  const isAlone = failure || (!reading && stored !== undefined && (isModelMissing || sample));
  if (isAlone) {
    return (
      <Page title="Report" above={back}>
        {failure ? (
          <ErrorNotice error={failure} {...(error ? {} : { action: { label: 'Try again', onClick: main.run } })} />
        ) : isModelMissing ? (
          <MissingModel id={modelId} />
        ) : (
          <NothingYet model={model} isBusy={isBusy} onRun={main.run} />
        )}
      </Page>
    );
  }
  return (
    <Page title="Report" above={back} width="text" isHeadedBelow={reading !== null}>
      <style>{css}</style>
      <div data-no-print>
        <InspectLinkNotes address={address} stored={stored} main={main} reading={reading} only={ANSWER_OF_LINK} />
      </div>
      {sample && file && url && reading && reported && rates !== undefined ? (
        <Report {...{ address, sample, file, url, dataset, reading, rates }} model={reported} />
      ) : (
        <p className={styles.facts}>Gathering what the report needs…</p>
      )}
    </Page>
  );
}
