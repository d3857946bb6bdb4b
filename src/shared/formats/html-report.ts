// A report as one HTML file that needs nothing else: no script, no font, no address. Pure.
import type { TextTable } from './table-text.ts';

export interface ReportSection {
  title: string;
  /** One paragraph each. */
  text?: readonly string[];
  table?: TextTable;
  /** SVG documents as text, made by this app; they are put in as they are. */
  pictures?: readonly string[];
}

export interface HtmlReport {
  title: string;
  /** One line under the title. */
  lead: string;
  sections: readonly ReportSection[];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** Words above 16 characters may break after the parts of a name and inside a hash: one of them made a table wider than paper. */
function breakable(text: string): string {
  const parts = (word: string): string[] => (word.length > 16 ? (word.match(/[^/_]{1,16}[/_]*|[/_]+/gu) ?? []) : [word]);
  return text
    .split(/(\s+)/)
    .map((word) => parts(word).map(escapeHtml).join('<wbr>'))
    .join('');
}

const cellText = (cell: string | number | null): string => (cell === null ? '–' : breakable(String(cell)));

function tableHtml({ columns, rows, caption }: TextTable): string {
  const head = columns.map((column) => `<th scope="col">${breakable(column)}</th>`).join('');
  const lines = rows.map(([first = null, ...rest]) => {
    const cells = rest.map((cell) => `<td>${cellText(cell)}</td>`).join('');
    return `<tr><th scope="row">${cellText(first)}</th>${cells}</tr>`;
  });
  const title = caption === undefined ? '' : `<caption>${escapeHtml(caption)}</caption>`;
  return `<div class="wide"><table>${title}<thead><tr>${head}</tr></thead><tbody>${lines.join('')}</tbody></table></div>`;
}

function sectionHtml({ title, text = [], table, pictures = [] }: ReportSection): string {
  return [
    `<section><h2>${escapeHtml(title)}</h2>`,
    ...text.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(table ? [tableHtml(table)] : []),
    ...(pictures.length > 0 ? [`<div class="pictures">${pictures.map((svg) => `<figure>${svg}</figure>`).join('')}</div>`] : []),
    '</section>',
  ].join('\n');
}

const STYLE = `
body { max-width: 1100px; margin: 32px auto; padding: 0 20px; color: #15211f; background: #fff; font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 26px; } h2 { margin: 30px 0 8px; font-size: 18px; } p { max-width: 75ch; margin: 6px 0; }
.lead { color: #41504d; } .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 13px; }
caption { padding-bottom: 6px; color: #57645f; text-align: left; }
th, td { padding: 4px 16px 4px 0; border-bottom: 1px solid #dde3e3; font-weight: 400; text-align: left; vertical-align: top; }
thead th { color: #57645f; } tbody th { min-width: 10em; } .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(480px, 100%), 1fr)); gap: 14px; }
figure { margin: 0; border: 1px solid #dde3e3; border-radius: 6px; overflow: hidden; } figure > svg { display: block; width: 100%; height: auto; }
@media print {
  body { margin: 0; padding: 0; } h2 { break-after: avoid; } tr, figure { break-inside: avoid; }
  .wide { overflow-x: visible; } table { font-size: 10px; } th, td { padding-right: 8px; }
}
`;

/** The whole file. Its own policy forbids scripts and requests, whatever a name in it may contain. */
export function htmlReport({ title, lead, sections }: HtmlReport): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(lead)}</p>
${sections.map(sectionHtml).join('\n')}
</body>
</html>
`;
}
