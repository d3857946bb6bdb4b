// Calls about one picture that need no model: what the file says, views for the eye, changed copies. Part of DataApi.
import type { ImageEdit } from './image/edit.ts';
import type { FileMetadata } from './image/file-metadata.ts';

/** A stored sample, or the bytes of a file that is not stored. */
export type PictureSource = { sampleId: string; image?: undefined } | { image: Blob; sampleId?: undefined };

/** A view for the eye. `quality` 1..100; `gain` multiplies what is drawn, null: chosen from the picture. */
export type ForensicView =
  { kind: 'error-level'; quality: number; gain: number | null } | { kind: 'noise'; gain: number | null } | { kind: 'spectrum' };

/** A drawn view, of the size of the stored picture; a spectrum is square. */
export interface DrawnView {
  /** PNG. */
  image: Blob;
  width: number;
  height: number;
  /** With which it was drawn, where there is one. */
  gain?: number;
  /** Measured before anything was amplified. */
  figures: { name: string; value: number; unit: string }[];
  /** Of a spectrum: mean log10 magnitude by cycles per pixel. */
  profile?: { x: number; y: number }[];
}

export interface PictureApi {
  pictureMetadata: { params: { source: PictureSource }; result: FileMetadata & { sha256: string }; progress: never };
  /** It can be cancelled: E-CANCELLED. Progress is the share of the view that is computed, 0..1. */
  forensicView: { params: { source: PictureSource; view: ForensicView }; result: DrawnView; progress: number };
  /** A lossless changed copy of full size for asking the model again; stored nowhere. It can be cancelled: E-CANCELLED. Progress is the share, 0..1. */
  editPicture: { params: { source: PictureSource; edit: ImageEdit }; result: Blob; progress: number };
}
