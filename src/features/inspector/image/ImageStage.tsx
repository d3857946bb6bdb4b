// The picture: zoom, pan, mirror, pixels, another view of it to flip to, and the model's similarity map over it.
import { ActionIcon, Button } from '@mantine/core';
import { IconArrowsMaximize, IconFlipVertical, IconGridDots, IconMinus, IconPlus } from '@tabler/icons-react';
import { TableSwitch } from '../../../components/charts/TableSwitch.tsx';
import { formatSigned } from '../../../components/format.ts';
import { TableHead } from '../../../components/TableHead.tsx';
import { useRef, useState } from 'react';
import { PixelReadout, type PointerPlace } from './PixelReadout.tsx';
import { seenSquare, shareOfFrame, shownSize } from './picture-frame.ts';
import { PIXEL_ZOOM } from './image-view.ts';
import type { ImageViewControl } from './use-image-view.ts';
import { useWheelZoom } from './use-wheel-zoom.ts';
import styles from './ImageStage.module.css';

/** Cosines of one paragraph with each patch, row-major. */
export interface PatchMap {
  gridSize: number;
  cosines: readonly number[];
  caption: string;
}

/** A view or a changed copy that the stage can show instead. */
export interface SecondImage {
  url: string;
  name: string;
}

export interface ImageStageProps {
  url: string | null;
  path: string;
  /** Stored size; the model sees the middle square. */
  width: number;
  height: number;
  /** EXIF, 1..8: viewers turn the picture by it, models do not. */
  orientation?: number;
  map: PatchMap | null;
  control: ImageViewControl;
  /** Pixels as stored, without the file's rotation, as models and views see them. */
  isAsStored?: boolean;
  second?: SecondImage | null;
  isSecondShown?: boolean;
  onFlip?: () => void;
}

function MapOverlay({ map, width, height }: { map: PatchMap; width: number; height: number }) {
  const low = Math.min(...map.cosines);
  const high = Math.max(...map.cosines);
  const { side } = seenSquare({ width, height });
  const box = { width: `${(100 * side) / width}%`, height: `${(100 * side) / height}%` };
  return (
    <div className={styles.map} style={{ ...box, gridTemplateColumns: `repeat(${map.gridSize}, 1fr)` }} aria-hidden data-drawn>
      {map.cosines.map((cosine, i) => {
        const share = high > low ? (cosine - low) / (high - low) : 0;
        // The order of patches never changes, so the index is the key.
        return <span key={i} style={{ opacity: 0.8 * (1 - share) }} title={`cosine ${formatSigned(cosine)}`} />;
      })}
    </div>
  );
}

export type FrameProps = Pick<ImageStageProps, 'url' | 'path' | 'width' | 'height' | 'orientation' | 'control' | 'isAsStored'> & {
  testId?: string;
  map?: PatchMap | null;
};

/** A window on one picture. Its view may be shared with others. */
export function ImageFrame({ url, path, width, height, orientation = 1, control, isAsStored = false, testId, map }: FrameProps) {
  const { view, handlers } = control;
  const frame = useRef<HTMLDivElement>(null);
  useWheelZoom(frame, control);
  const size = shownSize({ width, height }, orientation, isAsStored);
  const move = `translate(${100 * view.x}cqw, ${100 * view.y}cqw) scale(${view.zoom * (view.isMirrored ? -1 : 1)}, ${view.zoom})`;
  const place = { transform: move, width: `${100 * shareOfFrame(size).across}%`, aspectRatio: `${size.width} / ${size.height}` };
  return (
    <div ref={frame} className={styles.frame} data-zoomed={view.zoom > 1 || undefined} data-image-frame {...handlers}>
      {url ? (
        <div className={styles.content} style={place}>
          <img
            src={url}
            alt={path}
            draggable={false}
            data-testid={testId}
            data-path={path}
            data-pixels={view.zoom >= PIXEL_ZOOM || undefined}
            style={isAsStored ? { imageOrientation: 'none' } : undefined}
          />
          {map ? <MapOverlay map={map} width={width} height={height} /> : null}
        </div>
      ) : (
        <span className={styles.waiting}>Reading the image</span>
      )}
    </div>
  );
}

function Controls({ control }: { control: ImageViewControl }) {
  const { view, zoomBy, reset, mirror, togglePixels } = control;
  return (
    <div className={styles.controls}>
      <span className={styles.zoom}>{Math.round(100 * view.zoom)} %</span>
      <ActionIcon aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoomBy(1 / 1.5)}>
        <IconMinus size={16} />
      </ActionIcon>
      <ActionIcon aria-label="Zoom in" title="Zoom in (+, or Ctrl and the wheel)" onClick={() => zoomBy(1.5)}>
        <IconPlus size={16} />
      </ActionIcon>
      <ActionIcon aria-label="Pixel view" title="Pixel view (z)" aria-pressed={view.zoom > 1} onClick={togglePixels}>
        <IconGridDots size={16} />
      </ActionIcon>
      <ActionIcon aria-label="Mirror" title="Mirror (h)" aria-pressed={view.isMirrored} onClick={mirror}>
        <IconFlipVertical size={16} />
      </ActionIcon>
      <ActionIcon aria-label="Whole image" title="Whole image (0)" onClick={reset}>
        <IconArrowsMaximize size={16} />
      </ActionIcon>
    </div>
  );
}

function TurnNote({ isAsStored }: { isAsStored: boolean }) {
  return (
    <p className={styles.turn}>
      {isAsStored ? 'Shown as stored: so the model sees it.' : 'Shown upright, as the file asks; the model sees it as stored.'}
    </p>
  );
}

/** The image with its controls; map and second view are labelled as what they are. */
export function ImageStage(props: ImageStageProps) {
  const { url, path, map, control, second = null, isSecondShown = false, onFlip } = props;
  const shown = second && isSecondShown ? second : null;
  const window = useRef<HTMLDivElement>(null);
  const [pointer, setPointer] = useState<PointerPlace>(null);
  const isPixelView = control.view.zoom >= PIXEL_ZOOM;
  return (
    <figure
      className={styles.stage}
      data-testid="image-stage"
      data-zoom={Math.round(100 * control.view.zoom) / 100}
      data-shown={shown ? 'second' : 'image'}
    >
      <div
        ref={window}
        className={styles.window}
        data-cross={(isPixelView && !pointer) || undefined}
        onPointerMove={isPixelView ? (event) => setPointer({ x: event.clientX, y: event.clientY }) : undefined}
        onPointerLeave={() => setPointer(null)}
      >
        <ImageFrame
          {...props}
          url={shown?.url ?? url}
          path={shown ? `${shown.name} of ${path}` : path}
          testId={shown ? 'inspect-second' : 'inspect-image'}
          map={shown ? null : map}
        />
      </div>
      <figcaption>
        <Controls control={control} />
        {props.orientation && props.orientation !== 1 ? <TurnNote isAsStored={props.isAsStored ?? false} /> : null}
        {isPixelView ? <PixelReadout key={shown?.url ?? url} frame={window} view={control.view} pointer={pointer} /> : null}
      </figcaption>
      {second && onFlip ? (
        <Button variant="default" onClick={onFlip} aria-pressed={isSecondShown} title="b">
          {isSecondShown ? `Showing: ${second.name}. Flip back` : `Flip to: ${second.name}`}
        </Button>
      ) : null}
      {map && !shown ? <MapCaption map={map} isCut={props.width !== props.height} /> : null}
    </figure>
  );
}

/** The map's figures, one cell per patch, laid out as on the picture. */
function MapTable({ map: { gridSize, cosines, caption } }: { map: PatchMap }) {
  const lines = Array.from({ length: gridSize }, (_, i) => i);
  return (
    <div className={styles.mapTable} role="region" aria-label="Similarity map: values" tabIndex={0}>
      <table data-testid="map-table">
        <caption>{caption}: cosine by patch</caption>
        <TableHead columns={[{ hidden: 'row' }, ...lines.map((column) => `column ${column + 1}`)]} />
        <tbody>
          {lines.map((row) => (
            <tr key={row}>
              <th scope="row">row {row + 1}</th>
              {lines.map((column) => (
                <td key={column}>{formatSigned(cosines[row * gridSize + column] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** @param isCut the model sees only the middle square of the picture */
function MapCaption({ map, isCut }: { map: PatchMap; isCut: boolean }) {
  const [isTable, setIsTable] = useState(false);
  const low = formatSigned(Math.min(...map.cosines), 2);
  const high = formatSigned(Math.max(...map.cosines), 2);
  return (
    <>
      <p className={styles.mapCaption} role="status">
        <b>Model similarity, not proof of tampering.</b> {map.caption}: cosine {low} (dark) to {high} (bright) over {map.gridSize} ×{' '}
        {map.gridSize} patches.{isCut ? ' The model does not see what lies outside the square.' : ''}
      </p>
      <TableSwitch label="Similarity map" isTable={isTable} onChange={setIsTable} drawing="Hide the table" />
      {isTable ? <MapTable map={map} /> : null}
    </>
  );
}
