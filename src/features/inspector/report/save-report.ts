// The report on the page as one file: pictures inside, no scripts, opens anywhere without this program.
import { WorkbenchError } from '../../../shared/errors.ts';

/** The bytes of a picture that the page shows, as a data address. */
async function dataUrl(address: string): Promise<string> {
  const blob = await (await fetch(address)).blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(String(reader.result)));
    reader.addEventListener('error', () => reject(new WorkbenchError('E-IMAGE', 'A picture of the report could not be read.')));
    reader.readAsDataURL(blob);
  });
}

/** The file's text. @param report the element on the page; css its rules */
export async function reportHtml(report: HTMLElement, css: string, title: string): Promise<string> {
  const copy = report.cloneNode(true);
  if (!(copy instanceof HTMLElement)) throw new WorkbenchError('E-INTERNAL', 'The report is no element.');
  for (const image of copy.querySelectorAll('img')) image.src = await dataUrl(image.src);
  for (const field of copy.querySelectorAll('textarea, input, button')) field.remove();
  const head = document.createElement('title');
  head.textContent = title;
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n${head.outerHTML}\n<style>\nbody { margin: 0; background: #eceff0; }\n${css}</style>\n</head>\n<body>\n${copy.outerHTML}\n</body>\n</html>\n`;
}
