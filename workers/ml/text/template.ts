// Conversation templates of LLaVA (spec: v1 for training, llava_v1 for evaluation, plain for stage 1), rendered to ids and labels.
// Departs from the released code in one point: label masks come from exact token ranges, so no row is lost to a length mismatch.
import type { TemplateName } from '../../../src/shared/config/config.ts';
import { IGNORE_LABEL, IMAGE_PLACEHOLDER, IMAGE_TOKEN_ID } from './token-ids.ts';
import type { Tokenizer } from './tokenizer.ts';

/** One exchange of a conversation. */
export interface Turn {
  question: string;
  answer: string;
}

/** A training row; both arrays have the same length and are owned by the caller. */
export interface TrainingRow {
  /** Token ids, with -200 where the image goes. */
  inputIds: Int32Array;
  /** The id where it is to be learnt, else -100. */
  labels: Int32Array;
}

const systemText = (who: string): string =>
  `A chat between a curious ${who} and an artificial intelligence assistant. ` +
  `The assistant gives helpful, detailed, and polite answers to the ${who}'s questions.`;

const SYSTEM: Record<Exclude<TemplateName, 'plain'>, string> = { v1: systemText('user'), llava_v1: systemText('human') };

const END_OF_TEXT = '</s>';

/** The user's words with the image placeholder, where there is one, moved to the front of the turn. */
export function placeImageFirst(question: string): string {
  if (!question.includes(IMAGE_PLACEHOLDER)) return question;
  return `${IMAGE_PLACEHOLDER}\n${question.replaceAll(IMAGE_PLACEHOLDER, '').trim()}`.trim();
}

/** The text before the model's first answer; ends in `ASSISTANT:` without a space (plain: the image alone). */
export function renderPrompt(options: { template: TemplateName; question: string }): string {
  if (options.template === 'plain') return options.question.includes(IMAGE_PLACEHOLDER) ? IMAGE_PLACEHOLDER : '';
  return `${SYSTEM[options.template]} USER: ${placeImageFirst(options.question)} ASSISTANT:`;
}

/** A rendered conversation and the UTF-16 ranges to be learnt. */
interface Rendered {
  text: string;
  learnt: [start: number, end: number][];
}

function renderConversation(template: TemplateName, turns: Turn[]): Rendered {
  const rendered: Rendered = { text: '', learnt: [] };
  turns.forEach(({ question, answer }, i) => {
    const end = template === 'plain' ? '\n' : END_OF_TEXT;
    if (template === 'plain' || i === 0) rendered.text += renderPrompt({ template, question });
    else rendered.text += `USER: ${placeImageFirst(question)} ASSISTANT:`;
    // The space after `ASSISTANT:` is learnt too: generation starts before it, and a vocabulary may keep it as a token of its own.
    const start = rendered.text.length;
    rendered.text += (template === 'plain' ? '' : ' ') + answer + end;
    rendered.learnt.push([start, rendered.text.length]);
  });
  return rendered;
}

interface LocatedIds {
  ids: number[];
  /** UTF-16 range of each id in the rendered text. */
  ranges: [start: number, end: number][];
}

/** Tokenizes the runs between image placeholders apart, as LLaVA does, with `<s>` once at the front. */
function encodeWithImages(text: string, tokenizer: Tokenizer): LocatedIds {
  const located: LocatedIds = { ids: [...tokenizer.prefixIds], ranges: tokenizer.prefixIds.map(() => [0, 0]) };
  let at = 0;
  text.split(IMAGE_PLACEHOLDER).forEach((run, i) => {
    if (i > 0) {
      located.ids.push(IMAGE_TOKEN_ID);
      located.ranges.push([at, at + IMAGE_PLACEHOLDER.length]);
      at += IMAGE_PLACEHOLDER.length;
    }
    const { ids, offsetsUtf16 } = tokenizer.encode(run, false);
    for (const id of ids) located.ids.push(id); // not spread: a row may have more tokens than a call takes arguments
    for (const [start, end] of offsetsUtf16) located.ranges.push([at + start, at + end]);
    at += run.length;
  });
  return located;
}

/** Prompt ids for generation: `<s>`, the template, one -200 for the image if the question has one. */
export function buildPromptRow(options: { template: TemplateName; question: string; tokenizer: Tokenizer }): Int32Array {
  return Int32Array.from(encodeWithImages(renderPrompt(options), options.tokenizer).ids);
}

/** Ids and labels of a conversation: only the answers and their end are learnt. */
export function buildConversationRow(options: { template: TemplateName; turns: Turn[]; tokenizer: Tokenizer }): TrainingRow {
  const { text, learnt } = renderConversation(options.template, options.turns);
  const { ids, ranges } = encodeWithImages(text, options.tokenizer);
  const labels = ids.map((id, i) => {
    const [start, end] = ranges[i] ?? [0, 0];
    // A token such as " The" begins at the space before the answer: what counts is that it reaches into the answer.
    return learnt.some(([from, to]) => end > from && start < to && id !== IMAGE_TOKEN_ID) ? id : IGNORE_LABEL;
  });
  return { inputIds: Int32Array.from(ids), labels: Int32Array.from(labels) };
}

/** As `buildConversationRow`, for one exchange. */
export function buildTrainingRow(options: Turn & { template: TemplateName; tokenizer: Tokenizer }): TrainingRow {
  const { template, question, answer, tokenizer } = options;
  return buildConversationRow({ template, turns: [{ question, answer }], tokenizer });
}

/** Why a conversation makes no training row; null where it makes one. */
export function reasonToLeaveOut(turns: readonly Turn[]): string | null {
  if (turns.length === 0) return 'it has no turns';
  if (turns.some((turn) => turn.answer.trim() === '')) return 'its answer is empty';
  if (turns.some((turn) => turn.answer.includes(IMAGE_PLACEHOLDER))) return 'its answer contains <image>';
  const images = turns.reduce((sum, turn) => sum + turn.question.split(IMAGE_PLACEHOLDER).length - 1, 0);
  return images > 1 ? `it refers to ${images} images` : null;
}
