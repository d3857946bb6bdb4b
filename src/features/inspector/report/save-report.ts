// The report on the page as one file: pictures inside, no scripts, opens anywhere without this program.
import { WorkbenchError } from '../../../shared/errors.ts';

const unreadable = (): WorkbenchError =>
  new WorkbenchError('E-IMAGE', 'A picture of the report could not be read.', {
    safe: 'No file was saved; the report is as it was.',
    remedy: 'Reload the page and save it again.',
  });

/** A picture as a data address. The page may not fetch its own object addresses, so the bytes come from whoever made them. */
function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(typeof reader.result === 'string' ? reader.result : ''));
    reader.addEventListener('error', () => reject(unreadable()));
    reader.readAsDataURL(blob);
  });
}

export interface SavedReport {
  /** The element on the page. */
  sheet: HTMLElement;
  /** Its rules. */
  css: string;
  title: string;
  /** What the addresses of its pictures stand for. */
  pictures: ReadonlyMap<string, Blob>;
}

/** The file's text. A picture whose bytes are not known is left out. */
export async function reportHtml({ sheet, css, title, pictures }: SavedReport): Promise<string> {
  const copy = sheet.cloneNode(true);
  if (!(copy instanceof HTMLElement)) throw new WorkbenchError('E-INTERNAL', 'The report is no element.');
  for (const image of copy.querySelectorAll('img')) {
    const blob = pictures.get(image.src);
    if (blob) image.src = await dataUrl(blob);
    else image.remove();
  }
  for (const field of copy.querySelectorAll('textarea, input, button')) field.remove();
  const head = document.createElement('title');
  head.textContent = title;
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n${head.outerHTML}\n<style>\nbody { margin: 0; background: #eceff0; }\n.case-report { margin: 0 auto; }\n${css}</style>\n</head>\n<body>\n${copy.outerHTML}\n</body>\n</html>\n`;
}
