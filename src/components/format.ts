// Numbers and times as people read them; the same words everywhere.
import { plainValue } from '../shared/formats/table-text.ts';

/** What the user has chosen on the Settings page. */
export interface NumberStyle {
  decimalMark: 'point' | 'comma';
  /** Added to the digits that a figure usually has. */
  extraDigits: number;
}

let style: NumberStyle = { decimalMark: 'point', extraDigits: 0 };

/** Holds from the next drawing on; whoever sets it draws the page anew. Files are written elsewhere and never follow it. */
export function setNumberStyle(chosen: NumberStyle): void {
  style = chosen;
}

/** With the chosen mark, and the chosen digits more or fewer where the number has any. */
function decimal(value: number, digits: number): string {
  return marked(value.toFixed(digits === 0 ? 0 : Math.max(0, digits + style.extraDigits)));
}

/** With a real minus sign, as wide as a plus, and the chosen mark. */
function marked(text: string): string {
  const signed = text.replace(/^-/, '−');
  return style.decimalMark === 'comma' ? signed.replace('.', ',') : signed;
}

const COUNTS = { point: new Intl.NumberFormat('en'), comma: new Intl.NumberFormat('de') };
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `12345` → `12,345`. */
export function formatCount(value: number): string {
  return COUNTS[style.decimalMark].format(value);
}

/** `1 image`, `2 images`; irregular plurals are given. */
export function formatPlural(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** Decimal units, as disks are sold: `1.2 GB`. */
export function formatBytes(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** step;
  return `${marked(value.toFixed(step === 0 || value >= 100 ? 0 : 1))} ${UNITS[step]}`;
}

/** `0.8346` → `83.5 %`. */
export function formatPercent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${decimal(share * 100, digits)} %` : '–';
}

/** A figure with a fixed number of digits; `–` where there is none. */
export function formatFigure(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : decimal(value, digits);
}

/** A probability that is never rounded to certainty: `0.83`, `> 0.99`, `< 0.01`. */
export function formatProbability(value: number | null | undefined, digits = 2): string {
  const text = formatFigure(value, digits);
  if (value === null || value === undefined || !Number.isFinite(value)) return text;
  const shown = Math.max(0, digits + style.extraDigits);
  const rounded = Number(value.toFixed(shown));
  if (rounded >= 1) return `> ${formatFigure(1 - 10 ** -shown, digits)}`;
  return rounded <= 0 ? `< ${formatFigure(10 ** -shown, digits)}` : text;
}

/** With its sign, unless it rounds to nothing: `+1.20`, `−0.30`, `0.00`. */
export function formatSigned(value: number | null | undefined, digits = 3): string {
  const size = formatFigure(value === null || value === undefined ? value : Math.abs(value), digits);
  return /[1-9]/.test(size) ? `${(value ?? 0) < 0 ? '−' : '+'}${size}` : size;
}

/** `0.0312` → `3`: a share in points, for the ends of an interval whose unit is said once. */
export function formatPoints(share: number, digits = 0): string {
  return formatFigure(100 * share, digits);
}

/** `p = 0.032`; below one in a thousand only that. */
export function formatP(p: number): string {
  return p < 0.001 ? `p < ${marked('0.001')}` : `p = ${formatFigure(p)}`;
}

/** Four significant digits at most, without needless zeros; tiny and huge values in powers of ten. `–` where there is none. */
export function formatValue(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '–' : marked(plainValue(value, 4 + style.extraDigits));
}

/** So many significant digits that mean something: `0.16`. */
export function formatSignificant(value: number, digits = 2): string {
  return marked(String(Number(value.toPrecision(Math.max(1, digits + style.extraDigits)))));
}

/** `73 000` ms → `1 min 13 s`. */
export function formatDuration(elapsedMs: number): string {
  if (elapsedMs < 1000) return `${Math.round(elapsedMs)} ms`;
  const seconds = Math.round(elapsedMs / 1000);
  if (seconds < 60) return `${marked((elapsedMs / 1000).toFixed(elapsedMs < 10_000 ? 1 : 0))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** Local date and time, short. */
export function formatDate(timestamp: number): string {
  return new Date(timestamp).toLocaleString('en', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** The first characters of a hash. */
export function formatHash(hash: string): string {
  return hash ? hash.slice(0, 8) : 'not yet';
}
