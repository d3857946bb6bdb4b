// Views for the eye beside the original: error level, noise, spectrum, and what the file says about itself.
import { Button, Slider } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Chart } from '../../../components/charts/Chart.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatBytes, formatFigure } from '../../../components/format.ts';
import { Pills } from '../../../components/Pills.tsx';
import type { SampleRecord } from '../../../shared/domain/sample.ts';
import { MOST_GAIN } from '../../../shared/image/forensics/gain.ts';
import type { DrawnView, ForensicView } from '../../../shared/picture-api.ts';
import type { InspectionState } from '../../../state/inspection-state.ts';
import { InspectionStore } from '../../../state/inspection.ts';
import { ALPHA_TEXT } from '../report/case-report.ts';
import { ImageFrame, type SecondImage } from '../image/ImageStage.tsx';
import type { InspectAddress } from '../use-address.ts';
import { useAsync } from '../../../components/use-async.ts';
import { useSettled } from '../../../components/use-settled.ts';
import { NumberField } from './NumberField.tsx';
import { PictureWorkBar } from '../image/PictureWorkBar.tsx';
import { WHOLE_IMAGE } from '../image/image-view.ts';
import { useImageView, type ImageViewControl } from '../image/use-image-view.ts';
import { usePictureWork } from '../image/use-picture-work.ts';
import styles from './WhatIf.module.css';
import shared from '../Inspector.module.css';

type ViewName = ForensicView['kind'] | 'metadata';
type Metadata = Awaited<ReturnType<InspectionState['readMetadata']>>;

const VIEWS: { value: ViewName; label: string }[] = [
  { value: 'error-level', label: 'Error level' },
  { value: 'noise', label: 'Noise residual' },
  { value: 'spectrum', label: 'Spectrum' },
  { value: 'metadata', label: 'File' },
];

/** Names of the views in an address. */
export const VIEW_NAMES: readonly string[] = VIEWS.map(({ value }) => value);

/** What each view is, and what it is not. */
const NOTES: Record<ViewName, { is: string; isNot: string }> = {
  'error-level': {
    is: 'The picture is compressed once more as JPEG at the chosen quality; bright is what that takes away, times the gain. Parts with another compression history can stand out from parts like them.',
    isNot:
      'Edges, texture and strong colours are bright in every picture, and a picture that was saved twice hides its history. Brightness alone means nothing.',
  },
  noise: {
    is: 'Brightness minus the median of 3 × 3 pixels, times the gain, around mid grey. Cameras leave grain everywhere; smoothed, painted or generated parts may lack it or show a pattern.',
    isNot: 'Denoising, resizing and strong compression remove grain from real pictures too.',
  },
  spectrum: {
    is: 'Logarithm of the Fourier magnitudes of the middle square, zero frequency in the centre. Regular grids, as upsampling layers and resizing leave them, show as bright points or lines away from the centre.',
    isNot: 'Fabric, fences and JPEG’s own 8 × 8 blocks give points as well.',
  },
  metadata: {
    is: 'What the file says about itself: format, size, compression, camera and editor fields.',
    isNot: 'Everything here is easily changed or removed; missing fields say nothing.',
  },
};

const FIRST_QUALITY = 90;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, Math.round(value)));

/** The view of the address; `metadata` is no drawn view. */
export function readView(address: Pick<InspectAddress, 'read'>): { name: ViewName; view: ForensicView | null } {
  const name = VIEWS.find(({ value }) => value === address.read('view'))?.value ?? 'error-level';
  const number = (key: 'quality' | 'gain', most: number): number | null => {
    const value = Number(address.read(key) ?? NaN);
    return Number.isFinite(value) ? clamp(value, 1, most) : null;
  };
  if (name === 'metadata') return { name, view: null };
  if (name === 'spectrum') return { name, view: { kind: name } };
  const gain = number('gain', MOST_GAIN);
  if (name === 'noise') return { name, view: { kind: name, gain } };
  return { name, view: { kind: name, quality: number('quality', 100) ?? FIRST_QUALITY, gain } };
}

export interface ForensicTabProps {
  sample: SampleRecord;
  address: InspectAddress;
  /** Of the original on the left, so that both move together. */
  control: ImageViewControl;
  onSecond: (second: SecondImage | null) => void;
}

/** Choice, settings, the drawn view, its figures, and what to make of it. */
export function ForensicTab({ sample, address, control, onSecond }: ForensicTabProps) {
  const { name, view } = readView(address);
  return (
    <div className={shared.tab} data-testid="forensic" data-view={name}>
      <Pills label="View" value={name} onChange={(value) => address.patch({ view: value, quality: null, gain: null })} options={VIEWS} />
      {view ? (
        <Drawn sample={sample} view={view} address={address} control={control} onSecond={onSecond} />
      ) : (
        <MetadataView sample={sample} />
      )}
    </div>
  );
}

function QualityField({ quality, address }: { quality: number; address: InspectAddress }) {
  const { shown, move } = useSettled(quality, (value) => address.patch({ quality: String(value) }));
  return <NumberField label="JPEG quality" min={1} max={100} value={shown} onChange={(value) => move(clamp(value, 1, 100))} />;
}

interface ViewSettingsProps {
  view: Exclude<ForensicView, { kind: 'spectrum' }>;
  /** With which the view was drawn; null until it is. */
  drawnGain: number | null;
  address: InspectAddress;
}

/** Without a gain of the user's own the picture chooses it, and its number is shown. */
function ViewSettings({ view, drawnGain, address }: ViewSettingsProps) {
  const { shown: chosen, move: put } = useSettled(view.gain, (value) => address.patch({ gain: value === null ? null : String(value) }));
  const gain = chosen ?? drawnGain ?? 1;
  return (
    <div className={styles.fields} data-testid="view-settings" data-gain={chosen ?? drawnGain ?? ''} data-chosen={chosen !== null}>
      {view.kind === 'error-level' ? <QualityField quality={view.quality} address={address} /> : null}
      <NumberField label="Gain" min={1} max={MOST_GAIN} value={gain} onChange={(value) => put(clamp(value, 1, MOST_GAIN))} />
      <Slider
        className={styles.slider}
        min={1}
        max={MOST_GAIN}
        value={gain}
        onChange={put}
        label={null}
        thumbLabel="Gain"
        thumbValueText={`${gain} times`}
      />
      {chosen === null ? (
        <span className={shared.facts}>chosen from the picture: 99 % of what was measured stays within black and white</span>
      ) : (
        <Button size="compact-sm" variant="default" onClick={() => put(null)}>
          Choose from the picture
        </Button>
      )}
    </div>
  );
}

function Note({ name }: { name: ViewName }) {
  return (
    <>
      <p>{NOTES[name].is}</p>
      <p className={styles.caution}>
        <b>A hint for the eye, no proof.</b> {NOTES[name].isNot}
      </p>
    </>
  );
}

function Drawn({ sample, view, address, control, onSecond }: ForensicTabProps & { view: ForensicView }) {
  const inspection = InspectionStore.useApi();
  const key = `${sample.id}|${JSON.stringify(view)}`;
  const drawn = usePictureWork(key, (watch) => inspection.getState().drawView(sample.id, view, watch));
  const url = drawn.value?.url ?? null;
  const frame = useRef<HTMLDivElement>(null);
  const own = useImageView(
    useState(WHOLE_IMAGE),
    { width: drawn.value?.width ?? 1, height: drawn.value?.height ?? 1 },
    () => frame.current?.clientWidth ?? 300,
  );
  // A spectrum is another plane: it neither moves with the picture nor can be laid over it.
  const isPlane = view.kind === 'spectrum';
  const label = VIEWS.find(({ value }) => value === view.kind)?.label ?? view.kind;
  useEffect(() => {
    onSecond(url && !isPlane ? { url, name: label } : null);
    return () => onSecond(null);
  }, [url, label, isPlane, onSecond]);
  return (
    <>
      {view.kind === 'spectrum' ? null : (
        <ViewSettings key={view.kind} view={view} drawnGain={drawn.value?.gain ?? null} address={address} />
      )}
      <div className={styles.beside}>
        <div ref={frame} data-testid="forensic-view" data-ready={url !== null}>
          <ImageFrame
            url={url}
            path={`${label} of ${sample.path}`}
            width={drawn.value?.width ?? sample.width}
            height={drawn.value?.height ?? sample.height}
            control={isPlane ? own : control}
          />
        </div>
        <div className={styles.notes}>
          <PictureWorkBar work={drawn} doing="Computing the view" />
          <Figures drawn={drawn.value} />
          <Note name={view.kind} />
          {isPlane ? null : <p className={shared.facts}>Moves with the picture on the left; the key b flips between both.</p>}
        </div>
      </div>
      {drawn.value?.profile ? (
        <Chart
          title="Mean magnitude by frequency"
          metric="radial-spectrum"
          kind="curve"
          series={[{ id: 'profile', name: 'log10 magnitude', points: drawn.value.profile }]}
          xName="cycles per pixel"
          height={150}
          summary="A smooth fall is usual; a bump away from zero belongs to a regular pattern."
        />
      ) : null}
    </>
  );
}

function Figures({ drawn }: { drawn: DrawnView | null }) {
  if (!drawn) return null;
  return (
    <dl className={shared.figures}>
      {drawn.figures.map(({ name, value, unit }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-testid="forensic-figure" data-name={name} data-value={value}>
            {Number.isInteger(value) ? value : formatFigure(value, 2)} {unit}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Metadata as rows of a table: name and value. */
function metadataRows(metadata: Metadata): [string, string][] {
  const { format, width, height, sizeBytes, hasAlpha, jpeg, exifOrientation, fields, blocks, sha256 } = metadata;
  return [
    ['Format', format],
    ['Stored size', `${width} × ${height} pixels`],
    ['File size', `${formatBytes(sizeBytes)} (${sizeBytes} bytes)`],
    ['SHA-256', sha256],
    ...(jpeg
      ? ([
          ['JPEG quality', jpeg.isExact ? `${jpeg.quality} (libjpeg’s table)` : `about ${jpeg.quality}: the file has a table of its own`],
          [
            'JPEG kind',
            `${jpeg.isProgressive ? 'progressive' : 'baseline'}, colour ${jpeg.isChromaHalved ? 'coarser than brightness' : 'in full resolution'}`,
          ],
        ] satisfies [string, string][])
      : []),
    ...(hasAlpha ? ([['Transparency', ALPHA_TEXT]] satisfies [string, string][]) : []),
    ['EXIF orientation', exifOrientation === 1 ? '1 (as stored)' : `${exifOrientation} (viewers turn it; models here see it as stored)`],
    ...fields.map(({ name, value }): [string, string] => [name, value]),
    ['Other blocks', blocks.length > 0 ? blocks.join(', ') : 'none'],
  ];
}

function MetadataView({ sample }: { sample: SampleRecord }) {
  const inspection = InspectionStore.useApi();
  const { value, error } = useAsync(sample.id, () => inspection.getState().readMetadata(sample.id));
  if (error) return <ErrorNotice error={error} />;
  if (!value) return <p className={shared.facts}>Reading the file…</p>;
  return (
    <>
      <table className={shared.smallTable} data-testid="metadata">
        <tbody>
          {metadataRows(value).map(([name, text]) => (
            <tr key={`${name}-${text}`}>
              <th scope="row">{name}</th>
              <td className={shared.breakable}>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles.notes}>
        <Note name="metadata" />
      </div>
    </>
  );
}
