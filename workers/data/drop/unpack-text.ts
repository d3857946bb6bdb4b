// Text files that came compressed: `answers.jsonl.gz` is read as `answers.jsonl`.
import type { TextEntry, TextSource } from '../source-file.ts';

/** Of a path: the text file inside; null where it is no compressed one. */
export function unpackedPath(path: string): string | null {
  return /\.(?:json|jsonl|ndjson)\.gz$/i.test(path) ? path.slice(0, -'.gz'.length) : null;
}

/** The browser keeps what is unpacked outside of the page's memory. @throws TypeError where the file is no gzip, or was cut off */
async function unpack(file: TextSource, signal: AbortSignal): Promise<TextSource> {
  const packed = new Blob([await file.arrayBuffer()]).stream();
  const stream = packed.pipeThrough(new DecompressionStream('gzip'), { signal });
  return new Response(stream).blob();
}

/** As it is where it is not compressed. */
export async function unpackText(entry: TextEntry, signal: AbortSignal): Promise<TextEntry> {
  const path = unpackedPath(entry.path);
  return path === null ? entry : { path, file: await unpack(entry.file, signal) };
}
