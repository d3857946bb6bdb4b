// A chart as a picture of its own: drawn once off screen by the same plot that the page shows, then taken out with every colour and
// font written into it. Nothing in the result refers to a sheet, a font file or an address.
import { createRoot } from 'react-dom/client';
import { WorkbenchError } from '../../shared/errors.ts';
import { Plot } from './Plot.tsx';
import type { PlotSource } from './plot-props.ts';
import { plotProps } from './plot-props.ts';
import type { ChartSeries, SeriesStyle } from './series.ts';
import { seriesStyle } from './series.ts';

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, PLOT_HEIGHT, MARGIN, LINE] = [720, 320, 16, 20];
/** Recharts draws in several passes after its first render. */
const DRAWING_LIMIT_MS = 4000;

export interface PictureSource extends PlotSource {
  title: string;
  metric: string;
}

/** `light` for paper; `page` as the page looks now. */
export type PictureTheme = 'light' | 'page';

/** What a sheet decides and a saved file has to say itself. */
const INLINED = [
  'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'opacity', 'font-family', 'font-size',
  'font-weight', 'text-anchor',
]; // prettier-ignore

/** Attributes that only mean something inside the page. */
const OF_THE_PAGE = ['class', 'style', 'tabindex', 'role', 'id', 'clip-path'];
/** Names of the page's own plot, and clips that a frame of its own makes needless. */
const LEFT_OUT = ['title', 'desc', 'defs'];

/**
 * An element with its computed look in place of classes and variables.
 * @param around the look of what it is put into; what is the same is inherited and not written again
 */
function withOwnLook(original: Element, around: CSSStyleDeclaration | null): Element {
  const copy = document.createElementNS(SVG, original.localName);
  for (const { name, value } of original.attributes) {
    const isOwn = !OF_THE_PAGE.includes(name) && !INLINED.includes(name) && !name.startsWith('data-');
    if (isOwn) copy.setAttribute(name, value);
  }
  const look = getComputedStyle(original);
  for (const name of INLINED) {
    const value = look.getPropertyValue(name);
    const isInherited = name === 'opacity' ? value === '1' : value === around?.getPropertyValue(name);
    if (!isInherited) copy.setAttribute(name, value);
  }
  for (const child of original.childNodes) {
    if (child instanceof Element && !LEFT_OUT.includes(child.localName)) copy.append(withOwnLook(child, look));
    else if (child.nodeType === Node.TEXT_NODE) copy.append(child.textContent ?? '');
  }
  return copy;
}

/** Waits until the plot holds its lines. @throws E-INTERNAL when it never does */
async function drawnSurface(host: HTMLElement): Promise<SVGElement> {
  const until = performance.now() + DRAWING_LIMIT_MS;
  for (;;) {
    const surface = host.querySelector<SVGElement>('svg.recharts-surface');
    if (surface?.querySelector('[data-part=line]')) return surface;
    if (performance.now() > until) throw new WorkbenchError('E-INTERNAL', 'The chart was not drawn in time, so it cannot be saved.');
    await new Promise((done) => setTimeout(done, 16));
  }
}

function element(name: string, attributes: Record<string, string | number>, text?: string): Element {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The page's colours as they are inside `host`, which may have a theme of its own. */
function resolver(host: HTMLElement): (value: string) => string {
  const probe = host.appendChild(document.createElement('i'));
  return (value) => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
}

/** Entries side by side, with a new line where the next one does not fit. */
function legend(series: readonly ChartSeries[], look: { color: (value: string) => string; font: string; top: number }): Element[] {
  const ruler = document.createElement('canvas').getContext('2d');
  if (ruler) ruler.font = look.font;
  let [x, y] = [MARGIN, look.top];
  return series.flatMap(({ name, style }, i) => {
    const { color, dash }: SeriesStyle = seriesStyle(style ?? i);
    const width = 46 + (ruler?.measureText(name).width ?? 7 * name.length);
    if (x > MARGIN && x + width > WIDTH - MARGIN) [x, y] = [MARGIN, y + LINE];
    const line = { x1: x, x2: x + 22, y1: y, y2: y, stroke: look.color(color), 'stroke-width': 2, 'stroke-dasharray': dash ?? 'none' };
    const entry = [element('line', line), element('text', { x: x + 28, y: y + 4, fill: look.color('var(--ink-2)') }, name)];
    x += width;
    return entry;
  });
}

/** Title, plot and legend in one `svg`. */
function compose(source: PictureSource, surface: SVGElement, host: HTMLElement): SVGElement {
  const color = resolver(host);
  const font = getComputedStyle(host).fontFamily;
  const plotTop = MARGIN + LINE + 6;
  const legendTop = plotTop + PLOT_HEIGHT + LINE;
  const entries = source.series.length > 1 ? legend(source.series, { color, font: `12px ${font}`, top: legendTop }) : [];
  const last = Math.max(plotTop + PLOT_HEIGHT, ...entries.map((entry) => Number(entry.getAttribute('y') ?? 0)));
  const height = Math.ceil(last + MARGIN);
  const picture = document.createElementNS(SVG, 'svg');
  const frame = { xmlns: SVG, width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${height}`, 'font-family': font, 'font-size': 12 };
  for (const [name, value] of Object.entries(frame)) picture.setAttribute(name, String(value));
  const plot = withOwnLook(surface, null);
  plot.setAttribute('x', String(MARGIN / 2));
  plot.setAttribute('y', String(plotTop));
  const title = source.title === source.metric ? source.title : `${source.title} (${source.metric})`;
  picture.append(
    element('title', {}, title),
    element('rect', { width: WIDTH, height, fill: color('var(--sheet)') }),
    element('text', { x: MARGIN, y: MARGIN + 12, 'font-size': 15, 'font-weight': 600, fill: color('var(--ink)') }, title),
    plot,
    ...entries,
  );
  return picture;
}

/**
 * A chart as the text of an SVG file.
 * @throws E-INTERNAL when it cannot be drawn
 */
export async function chartSvg(source: PictureSource, theme: PictureTheme): Promise<string> {
  const host = document.createElement('div');
  if (theme === 'light') host.className = 'light-room';
  host.style.cssText = `position: fixed; left: -20000px; top: 0; width: ${WIDTH}px;`;
  host.setAttribute('aria-hidden', 'true');
  document.body.append(host);
  const frame = host.appendChild(document.createElement('div'));
  const root = createRoot(frame);
  try {
    root.render(<Plot {...plotProps({ ...source, height: PLOT_HEIGHT })} width={WIDTH - MARGIN} />);
    const surface = await drawnSurface(frame);
    return new XMLSerializer().serializeToString(compose(source, surface, host));
  } finally {
    root.unmount();
    host.remove();
  }
}

const SAVE_AS_SVG = { safe: 'The chart is as it was.', remedy: 'Save it as SVG.' };

/** The picture in pixels, twice as fine as its size. @throws E-IMAGE when the browser cannot draw it */
export async function svgToPng(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [2 * image.naturalWidth, 2 * image.naturalHeight];
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    if (png) return png;
  } catch (error) {
    throw new WorkbenchError('E-IMAGE', 'The browser could not turn the chart into a PNG.', {
      ...SAVE_AS_SVG,
      details: { cause: String(error) },
    });
  } finally {
    URL.revokeObjectURL(url);
  }
  throw new WorkbenchError('E-IMAGE', 'The browser made no PNG of the chart.', SAVE_AS_SVG);
}
