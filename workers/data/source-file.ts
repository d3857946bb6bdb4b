// A file of a drop as the import sees it: its size now, its bytes when it is its turn.

/** The browser's File fits. */
export interface SourceFile {
  readonly size: number;
  /** It can be read again through the handle of its folder. */
  readonly isInFolder?: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A file of text, which is read in pieces. */
export interface TextSource extends SourceFile {
  slice(start: number, end: number): Pick<SourceFile, 'arrayBuffer'>;
}

export interface TextEntry {
  /** Forward slashes, no leading slash. */
  path: string;
  file: TextSource;
}
