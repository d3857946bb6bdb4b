// A table as text for a paper, a README or a spreadsheet: Markdown, LaTeX (booktabs) and CSV (RFC 4180). Pure.

/** Cells are written as they are: who makes the table rounds the numbers. */
export interface TextTable {
  /** Header cells; every row has as many cells. */
  columns: string[];
  /** null is a value that does not exist: an en dash in Markdown, two hyphens in LaTeX, an empty cell in CSV. */
  rows: (string | number | null)[][];
  caption?: string;
}

type Cell = string | number | null;

/** A column of figures is aligned to the right. Texts such as "91.2 [88.0, 94.1]" are figures too. */
function isFigureColumn(table: TextTable, column: number): boolean {
  const cells = table.rows.map((row) => row[column] ?? null).filter((cell) => cell !== null);
  return cells.length > 0 && cells.every((cell) => typeof cell === 'number' || /^[-+−–]?[\d.]/.test(cell));
}

const markdownCell = (cell: Cell): string =>
  cell === null
    ? '–'
    : String(cell)
        .replaceAll('|', '\\|')
        .replace(/\s*\n\s*/g, '<br>');

/** GitHub's table form; the caption is a paragraph before it. */
export function tableMarkdown(table: TextTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = table.columns.map((_, column) => (isFigureColumn(table, column) ? '--:' : '---'));
  const lines = [line(table.columns.map(markdownCell)), line(rule), ...table.rows.map((row) => line(row.map(markdownCell)))];
  return `${table.caption === undefined ? '' : `${table.caption}\n\n`}${lines.join('\n')}\n`;
}

const LATEX_SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '±': '$\\pm$',
  '×': '$\\times$',
  '−': '$-$',
  '–': '--',
  '·': '$\\cdot$',
  α: '$\\alpha$',
  β: '$\\beta$',
  σ: '$\\sigma$',
};

const latexText = (text: string): string =>
  text.replace(/[\\~^<>±×−–·αβσ]|[&%$#_{}]/g, (character) => LATEX_SPECIAL[character] ?? `\\${character}`).replace(/\s*\n\s*/g, ' ');

/** A share in per cent with one digit, another figure with three; always with a point. */
export function plainFigure(value: number, percent: boolean): string {
  return percent ? (100 * value).toFixed(1) : value.toFixed(3);
}

/** A figure, in brackets behind it the interval where there is one; null where there is no figure. */
export function plainEstimate(
  value: number | null,
  interval: { low: number; high: number } | null | undefined,
  percent: boolean,
): string | null {
  if (value === null) return null;
  return `${plainFigure(value, percent)}${interval ? ` [${plainFigure(interval.low, percent)}, ${plainFigure(interval.high, percent)}]` : ''}`;
}

/** So many significant digits at most, without needless zeros; tiny and huge values in powers of ten. */
export function plainValue(value: number, digits = 4): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 100_000)) return value.toExponential(2);
  return String(Number(value.toPrecision(size >= 1000 ? digits + 1 : digits)));
}

const latexCell = (cell: Cell): string => (cell === null ? '--' : latexText(String(cell)));

/** A `table` with a `tabular` in it; needs `\usepackage{booktabs}`, which its first line says. */
export function tableLatex(table: TextTable): string {
  const alignment = table.columns.map((_, column) => (isFigureColumn(table, column) ? 'r' : 'l')).join('');
  const line = (cells: readonly Cell[]): string => `    ${cells.map(latexCell).join(' & ')} \\\\`;
  return [
    '% needs \\usepackage{booktabs}',
    '\\begin{table}[t]',
    '  \\centering',
    ...(table.caption === undefined ? [] : [`  \\caption{${latexText(table.caption)}}`]),
    `  \\begin{tabular}{${alignment}}`,
    '    \\toprule',
    line(table.columns),
    '    \\midrule',
    ...table.rows.map(line),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

const csvCell = (cell: Cell): string => {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Header and rows with CRLF; the caption has no place in a CSV and is left out. */
export function tableCsv(table: TextTable): string {
  return [table.columns, ...table.rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}
