// @vitest-environment happy-dom
// A chart far from the screen is drawn all the same, without what follows the pointer; on paper every one is, before the browser lays
// out its pages.
import { act } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Chart } from '../../src/components/charts/Chart.tsx';
import { render } from './render.tsx';

const SERIES = [{ id: 'a', name: 'reward', points: [1, 2, 3].map((x) => ({ x, y: x / 10 })) }];

describe('a chart that is printed', () => {
  it('is drawn whole between beforeprint and afterprint, with its axes', async () => {
    const { container } = await render(<Chart title="Reward" metric="reward" series={SERIES} />);
    const paper = () => container.querySelector('[data-testid=paper-plot]');
    expect(paper()).toBeNull();
    act(() => void dispatchEvent(new Event('beforeprint')));
    expect(paper()?.querySelector('[data-part=line]')?.getAttribute('d')).toMatch(/^M52,[\d.]+L231,[\d.]+L410,[\d.]+$/);
    expect([...(paper()?.querySelectorAll('text[text-anchor=middle]') ?? [])].map((tick) => tick.textContent)).toContain('2');
    expect(paper()?.querySelector('[data-part=axis-names]')?.textContent).toBe('step →');
    act(() => void dispatchEvent(new Event('afterprint')));
    expect(paper()).toBeNull();
  });
});

/** Tells every chart at once where it lies. */
function placeCharts(isIntersecting: boolean) {
  class Observer {
    constructor(private readonly tell: (entries: unknown[]) => void) {}
    observe(target: Element) {
      this.tell([{ target, isIntersecting, boundingClientRect: { width: 300 } }]);
    }
    disconnect() {}
  }
  vi.stubGlobal('IntersectionObserver', Observer);
}

describe('a chart on the screen', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('far below it is drawn still, as wide as its frame, and follows new values: whoever takes a picture of the whole page sees it', async () => {
    placeCharts(false);
    const { container, redraw } = await render(<Chart title="Reward" metric="reward" series={SERIES} />);
    const line = () => container.querySelector('[data-testid=still-plot] [data-part=line]')?.getAttribute('d');
    await vi.waitFor(() => expect(line()).toMatch(/^M52,[\d.]+L171,[\d.]+L290,[\d.]+$/));
    const longer = SERIES.map((series) => ({ ...series, points: [...series.points, { x: 4, y: 0.1 }, { x: 5, y: 0.2 }] }));
    await redraw(<Chart title="Reward" metric="reward" series={longer} />);
    expect(line()?.match(/L/g)).toHaveLength(4);
  });
});
