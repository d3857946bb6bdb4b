import { describe, expect, it, vi } from 'vitest';
import type { ImportEntry } from '../../src/shared/data-api.ts';
import { createDropPairing } from '../../src/state/pair-drops.ts';

const file = (path: string, row: object): ImportEntry => ({ path, file: new File([`${JSON.stringify(row)}\n{"broken`], path) });
const questions = file('questions.jsonl', { question_id: 0, image: 'sd/test/fake/0.png', text: 'Well?', label: 'fake' });
const answers = file('answers.jsonl', { question_id: 0, text: '### Answer: fake', answer_id: 'a', model_id: 'm' });
const picture: ImportEntry = { path: 'a/b.png', file: new File(['x'], 'b.png') };

function setUp() {
  const tell = vi.fn<(text: string) => void>();
  return { tell, take: createDropPairing((entries) => Promise.resolve(entries), tell) };
}

describe('an answers file and its questions, dropped one after the other', () => {
  it('keeps questions that come first, says what is missing, and joins them to the answers', async () => {
    const { take, tell } = setUp();
    expect(await take([questions])).toBeNull();
    expect(tell.mock.calls[0]?.[0]).toContain('Now drop the answers.jsonl');
    expect(await take([answers])).toEqual([answers, questions]);
    expect(await take([answers])).toEqual([answers]);
  });

  it('scores answers at once, and again with questions that come second', async () => {
    const { take, tell } = setUp();
    expect(await take([answers])).toEqual([answers]);
    expect(await take([questions])).toEqual([questions, answers]);
    expect(tell).not.toHaveBeenCalled();
  });

  it('leaves every other drop as it is, and forgets what was kept', async () => {
    const { take } = setUp();
    await take([questions]);
    expect(await take([picture])).toEqual([picture]);
    expect(await take([answers])).toEqual([answers]);
    expect(await take([questions, answers])).toEqual([questions, answers]);
  });

  it('is out of the way where the drop was dealt with', async () => {
    expect(await createDropPairing(() => Promise.resolve(null), vi.fn())([answers])).toBeNull();
  });
});
