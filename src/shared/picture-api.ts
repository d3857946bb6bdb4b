// Calls about one picture that need no model: what the file says, views for the eye, changed copies. Part of DataApi.
import type { ImageEdit } from './image/edit.ts';
import type { FileMetadata } from './image/file-metadata.ts';

/** A stored sample, or the bytes of a file that is not stored. */
export type PictureSource = { sampleId: string; image?: undefined } | { image: Blob; sampleId?: undefined };

/** A view for the eye. `quality` 1..100; `gain` multiplies what is drawn. */
export type ForensicView = { kind: 'error-level'; quality: number; gain: number } | { kind: 'noise'; gain: number } | { kind: 'spectrum' };

/** A drawn view, of the size of the stored picture; a spectrum is square. */
export interface DrawnView {
  /** PNG. */
  image: Blob;
  width: number;
  height: number;
  /** Measured before anything was amplified. */
  figures: { name: string; value: number; unit: string }[];
  /** Of a spectrum: mean log10 magnitude by cycles per pixel. */
  profile?: { x: number; y: number }[];
}

export interface PictureApi {
  pictureMetadata: { params: { source: PictureSource }; result: FileMetadata & { sha256: string }; progress: never };
  forensicView: { params: { source: PictureSource; view: ForensicView }; result: DrawnView; progress: never };
  /** A lossless changed copy for asking the model again; stored nowhere. */
  editPicture: { params: { source: PictureSource; edit: ImageEdit }; result: Blob; progress: never };
}
