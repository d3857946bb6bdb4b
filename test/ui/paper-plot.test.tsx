// @vitest-environment happy-dom
// A chart far from the screen is not drawn there; on paper every one is, before the browser lays out its pages.
import { act } from 'react';
import { describe, expect, it } from 'vitest';
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
