import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SFT_PROMPT } from '../../../src/shared/config/prompts.ts';
import {
  buildConversationRow,
  buildPromptRow,
  buildTrainingRow,
  reasonToLeaveOut,
  placeImageFirst,
  renderPrompt,
} from '../../../workers/ml/text/template.ts';
import { IGNORE_LABEL, IMAGE_TOKEN_ID } from '../../../workers/ml/text/token-ids.ts';
import { trainBpe } from '../../../workers/ml/text/bpe-train.ts';
import { loadTokenizer } from '../../../workers/ml/text/tokenizer.ts';
import type { Tokenizer } from '../../../workers/ml/text/tokenizer.ts';

const llama = loadTokenizer(readFileSync(new URL('../../fixtures/tokenizer-llama-a/tokenizer.json', import.meta.url), 'utf8'));
const ANSWER = '**Skin**: The cheeks look waxy.\n\n### Answer: fake';
const ours = loadTokenizer(trainBpe([SFT_PROMPT, ANSWER, ANSWER, 'ASSISTANT: USER:'], { vocabularySize: 400, style: 'llama' }));

const learntText = (tokenizer: Tokenizer, labels: Int32Array): string =>
  tokenizer.decode(
    labels.filter((label) => label !== IGNORE_LABEL),
    false,
  );

describe('renderPrompt', () => {
  it('renders v1 and llava_v1, which differ in user and human', () => {
    expect(renderPrompt({ template: 'v1', question: '<image>\nIs it real?' })).toBe(
      "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions. USER: <image>\nIs it real? ASSISTANT:",
    );
    expect(renderPrompt({ template: 'llava_v1', question: 'Hi' })).toBe(
      "A chat between a curious human and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the human's questions. USER: Hi ASSISTANT:",
    );
  });

  it('reduces the plain template to the image', () => {
    expect(renderPrompt({ template: 'plain', question: '<image>\nDescribe it.' })).toBe('<image>');
  });

  it('moves the image to the front of the turn, followed by one newline', () => {
    expect(placeImageFirst('Is it real?\n<image>')).toBe('<image>\nIs it real?');
    expect(placeImageFirst('<image>')).toBe('<image>');
    expect(placeImageFirst('no picture')).toBe('no picture');
  });
});

describe.each([
  ['llama', llama],
  ['our', ours],
])('rows of the %s tokenizer', (_, tokenizer) => {
  it('put one -200 where the image goes, after one <s>', () => {
    const ids = buildPromptRow({ template: 'v1', question: SFT_PROMPT, tokenizer });
    expect(ids[0]).toBe(1);
    expect(ids.filter((id) => id === IMAGE_TOKEN_ID)).toHaveLength(1);
    expect(ids.filter((id) => id === 1)).toHaveLength(1);
  });

  it('learn exactly the answer and its end', () => {
    const { inputIds, labels } = buildTrainingRow({ template: 'v1', question: SFT_PROMPT, answer: ANSWER, tokenizer });
    expect(learntText(tokenizer, labels).trim()).toBe(`${ANSWER}</s>`);
    expect(labels).toHaveLength(inputIds.length);
    labels.forEach((label, i) => expect([IGNORE_LABEL, inputIds[i]]).toContain(label));
  });

  it('begin with the ids of the prompt', () => {
    const prompt = buildPromptRow({ template: 'v1', question: SFT_PROMPT, tokenizer });
    const { inputIds } = buildTrainingRow({ template: 'v1', question: SFT_PROMPT, answer: ANSWER, tokenizer });
    expect(inputIds.slice(0, prompt.length)).toEqual(prompt);
  });

  it('learn caption and newline in stage 1', () => {
    const { inputIds, labels } = buildTrainingRow({ template: 'plain', question: '<image>\nDescribe.', answer: 'A face.', tokenizer });
    expect([inputIds[0], inputIds[1]]).toEqual([1, IMAGE_TOKEN_ID]);
    expect(learntText(tokenizer, labels).trimStart()).toBe('A face.\n');
  });

  it('learn every answer of a conversation', () => {
    const turns = [
      { question: '<image>\nIs it real?', answer: 'No.' },
      { question: 'Why?', answer: 'Waxy skin.' },
    ];
    const { labels } = buildConversationRow({ template: 'v1', turns, tokenizer });
    expect(learntText(tokenizer, labels).replaceAll(' ', '')).toBe('No.</s>Waxyskin.</s>');
  });
});

describe('a conversation', () => {
  const good = { question: '<image>\nIs it real?', answer: 'No.' };

  it.each([
    ['nothing to say against it', [good], null],
    ['an empty answer', [{ ...good, answer: ' ' }], 'its answer is empty'],
    ['no turns', [], 'it has no turns'],
    ['an image in each of two turns', [good, good], 'it refers to 2 images'],
    ['two images in one turn', [{ ...good, question: '<image> <image> Which?' }], 'it refers to 2 images'],
    ['an image in the answer', [{ ...good, answer: 'see <image>' }], 'its answer contains <image>'],
  ])('with %s is left out for the reason that is told', (_name, turns, reason) => {
    expect(reasonToLeaveOut(turns)).toBe(reason);
  });
});

it('the space before an answer is learnt where the vocabulary keeps it as a token of its own', () => {
  const tokenizer = loadTokenizer(trainBpe(['xy'], { vocabularySize: 260, style: 'llama' }));
  const { inputIds, labels } = buildTrainingRow({ template: 'v1', question: 'Q', answer: '**A', tokenizer });
  const learnt = Array.from(inputIds).filter((_, i) => labels[i] !== -100);
  expect(tokenizer.decode(learnt)).toBe(' **A');
  const prompt = buildPromptRow({ template: 'v1', question: 'Q', tokenizer });
  expect(learnt).toHaveLength(inputIds.length - prompt.length);
});

it('a row of more tokens than a call takes arguments is a row like others', () => {
  const tokenizer = loadTokenizer(trainBpe(['ab'], { vocabularySize: 260, style: 'llama' }));
  const { inputIds } = buildTrainingRow({ template: 'v1', question: 'Q', answer: 'xy '.repeat(60_000), tokenizer });
  expect(inputIds.length).toBeGreaterThan(150_000);
});
