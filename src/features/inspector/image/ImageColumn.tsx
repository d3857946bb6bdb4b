// The left column: the picture, the switch of its similarity map, the facts of the file, and the user's notes.
import { Button } from '@mantine/core';
import type { ReactNode, Ref } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatBytes, formatFigure, formatHash } from '../../../components/format.ts';
import type { SampleRecord } from '../../../shared/domain/sample.ts';
import { ALPHA_TEXT } from '../report/case-report.ts';
import { ImageStage, type SecondImage } from './ImageStage.tsx';
import type { ImageViewControl } from './use-image-view.ts';
import type { LoadedSample } from '../use-sample.ts';
import type { PatchMapState } from './use-patch-map.ts';
import styles from '../Inspector.module.css';

function FileFacts({ sample, hasAlpha }: { sample: SampleRecord; hasAlpha: boolean }) {
  const { width, height, format, sizeBytes, sha256, exifOrientation, artefacts, domain, split } = sample;
  const facts = [
    domain === '' ? 'not in a dataset' : `${domain} · ${split}`,
    `${width} × ${height} ${format}, ${formatBytes(sizeBytes)}`,
    `SHA-256 ${formatHash(sha256)}…`,
  ];
  if (exifOrientation !== 1) facts.push(`EXIF orientation ${exifOrientation}`);
  if (hasAlpha) facts.push(`Transparency: ${ALPHA_TEXT}`);
  if (width !== height) facts.push(`models see the middle square, ${Math.min(width, height)} × ${Math.min(width, height)}`);
  if (artefacts && artefacts.length > 0) {
    const drawn = artefacts.map(({ kind, strength }) => `${kind} ${formatFigure(strength, 2)}`).join(', ');
    facts.push(`True artefacts of this synthetic image: ${drawn}`);
  }
  return (
    <ul className={styles.fileFacts}>
      {facts.map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
    </ul>
  );
}

export interface ImageColumnProps {
  ref: Ref<HTMLElement>;
  loaded: LoadedSample;
  map: PatchMapState;
  /** As the model sees it: beside the map and views, which belong to the stored pixels. */
  isAsStored: boolean;
  isMapShown: boolean;
  /** There are paragraphs whose keyword can be mapped. */
  canMap: boolean;
  onToggleMap: () => void;
  control: ImageViewControl;
  /** The file has an alpha channel. */
  hasAlpha: boolean;
  second: { second: SecondImage | null; isShown: boolean; flip: () => void };
  children: ReactNode;
}

/** Stays in view while the reasoning scrolls. */
export function ImageColumn({
  ref,
  loaded,
  map,
  isAsStored,
  isMapShown,
  canMap,
  onToggleMap,
  control,
  second,
  hasAlpha,
  children,
}: ImageColumnProps) {
  const { sample, url } = loaded;
  return (
    <aside ref={ref} className={styles.left} aria-label="Image">
      <ImageStage
        url={url}
        path={sample?.path ?? ''}
        width={sample?.width ?? 1}
        height={sample?.height ?? 1}
        orientation={sample?.exifOrientation ?? 1}
        map={map.map}
        control={control}
        isAsStored={isAsStored}
        second={second.second}
        isSecondShown={second.isShown}
        onFlip={second.flip}
      />
      <Button variant={isMapShown ? undefined : 'default'} aria-pressed={isMapShown} disabled={!canMap} onClick={onToggleMap} title="o">
        {isMapShown ? 'Hide the similarity map' : 'Where does the keyword match?'}
      </Button>
      {isMapShown && map.message ? <p className={styles.facts}>{map.message}</p> : null}
      {map.error ? <ErrorNotice error={map.error} /> : null}
      {children}
      {sample ? <FileFacts sample={sample} hasAlpha={hasAlpha} /> : null}
    </aside>
  );
}
