import { describe, expect, it } from 'vitest';
import { PAPER_REWARD } from '../../src/shared/config/presets.ts';
import { scoreCompletion, type ScoreOptions } from '../../src/shared/rewards/paragraph-reward.ts';
import {
  errorLines,
  explainAnswer,
  flipLines,
  tieLine,
  trainingLines,
  type ExplainedAnswer,
} from '../../workers/node/experiment/explain.ts';

const TEXT = [
  '**Skin and Texture**: The skin is overly smooth and lacks any fine pores.',
  '**Eyes and Lighting**: Both eyes are aligned and the soft light is consistent.',
  '### Answer: real',
].join('\n\n');

const SCORING: ScoreOptions = {
  reward: PAPER_REWARD,
  parser: 'prpo',
  hasImage: true,
  cosineOf: (keyword) => (keyword.includes('skin') ? 0.2 : 0.4),
};

const scored = scoreCompletion(TEXT, SCORING);

const answer = (fields: Partial<ExplainedAnswer>): ExplainedAnswer => ({
  label: 'fake',
  predict: 'fake',
  finished: true,
  votes: ['fake', 'fake', 'real', 'real'],
  vcr: [0.6, 0.6, 0.7, 0.55],
  untrue: [],
  repeats: [],
  ...fields,
});

describe('what an answer gets wrong', () => {
  it('is read from its paragraphs, its claims and what was drawn', () => {
    expect(explainAnswer(TEXT, scored, 'fake', [{ kind: 'eyes', strength: 0.6 }])).toEqual({
      label: 'fake',
      predict: 'real',
      finished: true,
      votes: ['fake', 'real'],
      vcr: [0.6, 0.7],
      untrue: ['surface invented', 'eyes missed'],
      repeats: [],
    });
  });

  it('is told apart where the answer comes to no conclusion, however its paragraphs vote', () => {
    const endless = TEXT.split('\n\n').slice(0, 2).join('\n\n');
    const unfinished = explainAnswer(endless, scoreCompletion(endless, SCORING), 'fake', []);
    expect(unfinished).toMatchObject({ predict: null, finished: false, votes: ['fake', 'real'] });
    expect(errorLines([unfinished])[0]).toContain('1 of 1 answers wrong; their paragraphs: 0 a tie, 0 vote real, 0 vote fake, 1 without');
    expect(tieLine([unfinished])).toMatch(/^0 ties/);
    expect(flipLines([answer({})], [unfinished])).toEqual(['- 1 x fake, right to wrong, paragraphs tie to unfinished']);
  });

  it('is counted by what the paragraphs say together', () => {
    const answers = [answer({ predict: 'real', untrue: ['eyes missed', 'skin invented'] }), answer({ predict: null, votes: ['fake'], untrue: ['eyes missed'] }), answer({}), answer({ label: 'real', predict: 'real' })]; // prettier-ignore
    expect(errorLines(answers)[0]).toBe(
      '- fake: 2 of 3 answers wrong; their paragraphs: 1 a tie, 0 vote real, 1 vote fake, 0 without a conclusion. Untrue paragraphs: 2 eyes missed, 1 skin invented.',
    );
    expect(errorLines(answers)[1]).toContain('real: 0 of 1 answers wrong');
  });
});

describe('ties', () => {
  it('are told with who decides them rightly: the answer, the sum of VCR, and the majority without the worst', () => {
    const ties = [answer({ predict: 'real' }), answer({ label: 'real', predict: 'fake', vcr: [0.6, 0.62, 0.65, 0.58] }), answer({ votes: ['fake'] })]; // prettier-ignore
    expect(tieLine(ties)).toBe(
      '2 ties, 1 of fakes; right: the answer 0 (1 fakes and 1 reals wrong), sum of VCR 1 (1 fakes and 0 reals wrong); where the sums are within 0.03, 1 of 1; without the worst 1 (0 fakes and 1 reals wrong).',
    );
  });

  it('of a training are told ten steps a line, with how many answers say fake', () => {
    const steps = Array.from({ length: 11 }, (_, step) => [answer({ predict: step === 10 ? 'real' : 'fake' })]);
    const lines = trainingLines(steps);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^- steps 1 to 10: 10 say fake of 10 ties/);
    expect(lines[1]).toMatch(/^- steps 11 to 11: 0 say fake of 1 ties/);
    expect(lines[2]).toMatch(/^- steps 1 to 11: 10 say fake of 11 ties/);
  });
});

describe('paragraphs that only repeat', () => {
  it('are told with the advantage that training gave them, in finished and in unfinished answers', () => {
    const [first = '', second = ''] = TEXT.split('\n\n');
    const text = [first, second, second].join('\n\n');
    const repeated = scoreCompletion(text, SCORING);
    const trained = { ...repeated, paragraphs: repeated.paragraphs.map((paragraph, i) => ({ ...paragraph, advantage: i - 0.5 })) };
    const unfinished = explainAnswer(text, trained, 'fake', []);
    expect(unfinished.repeats).toEqual([1.5]);
    const [line] = trainingLines([[unfinished, answer({ repeats: [2, 1] })]]);
    expect(line).toContain(
      'Paragraphs said again: 2 in finished answers, mean advantage 1.50; 1 in unfinished answers, mean advantage 1.50.',
    );
    expect(trainingLines([[answer({})]])[0]).not.toContain('said again');
  });
});

describe('what changed against the start', () => {
  it('counts only answers that became right or wrong, most frequent first', () => {
    const before = [answer({}), answer({}), answer({ predict: 'real' }), answer({})];
    const after = [answer({ predict: 'real' }), answer({ predict: 'real' }), answer({ votes: ['fake'] }), answer({})];
    expect(flipLines(before, after)).toEqual([
      '- 2 x fake, right to wrong, paragraphs tie to tie',
      '- 1 x fake, wrong to right, paragraphs tie to fake',
    ]);
  });
});
