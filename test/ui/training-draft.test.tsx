// @vitest-environment happy-dom
import { act } from 'react';
import { expect, it } from 'vitest';
import { useDraft, type Draft } from '../../src/features/training/new/use-draft.ts';
import { TRAIN_FIELDS } from '../../src/shared/config/fields.ts';
import { render } from './render.tsx';

it('a text is forgotten when a choice changes the number that it stood for, and kept otherwise', async () => {
  let draft: Draft | null = null;
  let address = '';
  function Probe() {
    draft = useDraft(new URLSearchParams(), (change) => {
      address = change(new URLSearchParams(address)).toString();
    });
    return null;
  }
  await render(<Probe />);
  const now = (): Draft => draft ?? expect.fail('not rendered');
  const field = (name: string) => TRAIN_FIELDS.find((one) => one.name === name) ?? expect.fail(name);
  const write = (name: string, text: string) =>
    act(() => {
      const one = field(name);
      if (one.kind === 'number') now().setText(one, text);
    });
  const schedule = (value: string) =>
    act(() => {
      const one = field('lr_scheduler_type');
      if (one.kind === 'choice') now().setConfig(one.set(now().config, value));
    });
  write('warmup_steps', '10');
  write('learning_rate', '2e-3');
  schedule('constant');
  expect(now().fields.map(({ name }) => name)).not.toContain('warmup_steps');
  schedule('linear');
  expect(now().texts).toEqual({ learning_rate: '2e-3' });
  expect(now().config.optimizer).toMatchObject({ warmupSteps: 0, learningRate: 0.002 });
  expect(address).toBe('learning_rate=2e-3&warmup_steps=0');
});
