// Files that are served beside the page, read from a worker.
import { WorkbenchError } from '../errors.ts';

/**
 * Reads a file that is served beside the page, such as `models/index.json`.
 * @param onBytes called with the bytes received so far
 * @throws E-MISSING
 */
export type FetchFile = (path: string, onBytes?: (bytes: number) => void) => Promise<Blob>;

/** The worker's script lies one folder below the page, in the dev server and in the build. */
export async function fetchFile(path: string, onBytes?: (bytes: number) => void): Promise<Blob> {
  const response = await fetch(new URL(`../${path}`, globalThis.location.href));
  // A single-page server may answer a missing file with its index page.
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (!response.ok || isPage || !response.body) {
    throw new WorkbenchError('E-MISSING', `The file ${path} could not be read (HTTP ${response.status}).`, {
      safe: 'Everything stored is unharmed.',
      remedy: 'Check the connection, then try again.',
    });
  }
  let bytes = 0;
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (chunk, controller) => {
      bytes += chunk.byteLength;
      onBytes?.(bytes);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counter)).blob();
}
