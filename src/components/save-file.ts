// Hands a file to the user. The only place where one leaves the page.

/** Chromium has it; the DOM types do not. */
interface SaveFileWindow extends Window {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;
}

/** From here on a file is streamed to a place the user picks: as a download the browser would copy all of it first. */
const STREAM_FROM_BYTES = 512 * 2 ** 20;

/** Heard by the action log: a file was handed to the user. */
export const FILE_SAVED = 'workbench-file-saved';

/** Saves a blob or text under a name. Resolves when it is handed over; quietly, too, when the user closes the picker. */
export async function saveFile(name: string, content: Blob | string, type = 'text/plain'): Promise<void> {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content;
  const page: SaveFileWindow = window;
  if (blob.size < STREAM_FROM_BYTES || !page.showSaveFilePicker) return download(name, blob);
  try {
    const handle = await page.showSaveFilePicker({ suggestedName: name });
    await blob.stream().pipeTo(await handle.createWritable());
    tellSaved(name, blob);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    // Long after the click the browser refuses the picker.
    if (error instanceof DOMException && (error.name === 'SecurityError' || error.name === 'NotAllowedError')) return download(name, blob);
    throw error;
  }
}

/** A name without characters that file systems refuse. */
export function fileNameOf(name: string, fallback: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || fallback;
}

function tellSaved(name: string, { size }: Blob): void {
  window.dispatchEvent(new CustomEvent(FILE_SAVED, { detail: `${name}: ${size} bytes` }));
}

function download(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  tellSaved(name, blob);
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the download has been handed over long before
}
