// A zip of files that are made one after the other.
import { downloadZip } from 'client-zip';

type Files = Parameters<typeof downloadZip>[0];

/** @throws what making a file throws, such as E-MISSING with its name: the browser alone would say "Failed to fetch" */
export async function zipBlob(files: Extract<Files, AsyncIterable<unknown>>): Promise<Blob> {
  let fault: unknown;
  const watched = async function* () {
    try {
      yield* files;
    } catch (error) {
      fault = error;
      throw error;
    }
  };
  try {
    return await downloadZip(watched()).blob();
  } catch (error) {
    throw fault ?? error;
  }
}
