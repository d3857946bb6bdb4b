// @vitest-environment happy-dom
import { act } from 'react';
import { expect, it, vi } from 'vitest';
import { ChartMenu } from '../../src/components/charts/ChartMenu.tsx';
import { saveFile } from '../../src/components/save-file.ts';
import { render, until } from './render.tsx';

vi.mock('../../src/components/save-file.ts', async (original) => ({
  ...(await original<typeof import('../../src/components/save-file.ts')>()),
  saveFile: vi.fn(async () => undefined),
}));

it.each(['GRPO on demo · PRPO Workbench', '45 % · GRPO on demo · PRPO Workbench'])(
  'a chart is saved under the name of its run, also while a job counts in the title: “%s”',
  async (title) => {
    vi.mocked(saveFile).mockClear();
    document.title = title;
    const { find } = await render(<ChartMenu chart={{ title: 'Reward', metric: 'reward', series: [] }} />);
    await act(async () => find('chart-save').click());
    const item = () =>
      [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find(({ textContent }) => textContent === 'Data as CSV');
    await until(() => expect(item()).toBeDefined());
    await act(async () => item()?.click());
    expect(vi.mocked(saveFile).mock.calls.map(([name]) => name)).toEqual(['GRPO-on-demo-reward.csv']);
  },
);
