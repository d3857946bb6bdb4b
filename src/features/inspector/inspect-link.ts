// What a link into the inspector may ask for: values that are not here are named on the page, not silently replaced. Pure.
import { oneOf, type LinkRule } from '../../components/link-values.ts';
import { readPrecision } from '../../components/PrecisionSelect.tsx';
import { ASKED_HERE, TOKEN_MEASURES } from './reading.ts';
import { readView } from './image/image-view.ts';
import type { HistoryEntry } from './tabs/history.ts';
import { isEditText } from './tabs/edit-text.ts';

/** What is known so far; null where it is still being read, so that nothing is called missing too early. */
export interface InspectKnowledge {
  /** Ids of the models of this browser. */
  models: readonly string[] | null;
  /** The engine computes on WebGPU. */
  isGpu: boolean | null;
  /** Evaluations with an answer of the chosen model to this image, and `ASKED_HERE`. */
  answers: readonly string[] | null;
  tabs: readonly string[];
  views: readonly string[];
  /** Number of the paragraphs of the answer on show. */
  paragraphs: number | null;
}

/** The paragraph that an address names, counted from 1 there and from 0 here; null where there is none. */
export function paragraphIn(value: string | null, count: number): number | null {
  const index = value === null ? NaN : Number(value) - 1;
  return Number.isInteger(index) && index >= 0 && index < count ? index : null;
}

const isNumber = (value: string): boolean => value.trim() !== '' && Number.isFinite(Number(value));

function precisionRule({ isGpu }: InspectKnowledge, wanted: string | null): LinkRule {
  const exists = readPrecision(wanted) === wanted;
  return {
    parameter: 'precision',
    what: 'the precision of the weights',
    isKnown: (value) => (exists && isGpu !== false) || value === 'f32',
    why: exists ? 'is for WebGPU: the CPU engine always computes in f32' : 'is none',
    instead: 'f32',
  };
}

/** @param read a parameter of the address */
export function inspectLinkRules(known: InspectKnowledge, read: (name: string) => string | null): LinkRule[] {
  const { models, answers, tabs, views, paragraphs } = known;
  return [
    {
      parameter: 'tab',
      what: 'the tab',
      isKnown: (value) => oneOf(tabs, value) !== null,
      why: 'is none of the inspector',
      instead: 'Reasoning',
    },
    precisionRule(known, read('precision')),
    {
      parameter: 'from',
      what: read('from') === ASKED_HERE ? 'the answer' : 'the answer of the evaluation',
      isKnown: (value) => answers === null || answers.includes(value),
      why: read('from') === ASKED_HERE ? 'was not kept in this browser' : 'is not in this browser, or has none of this model',
      instead: 'the newest one',
    },
    {
      parameter: 'compare',
      what: 'a comparison with the model',
      isKnown: (value) => models === null || models.includes(value),
      why: 'is not in this browser',
    },
    {
      parameter: 'view',
      what: 'the view',
      isKnown: (value) => oneOf(views, value) !== null,
      why: 'is none of the forensic views',
      instead: 'Error level',
    },
    {
      parameter: 'paragraph',
      what: 'the paragraph',
      isKnown: (value) => paragraphs === null || paragraphIn(value, paragraphs) !== null,
      why: 'is none of this answer',
    },
    {
      parameter: 'shade',
      what: 'the shading of the tokens',
      isKnown: (value) => oneOf(TOKEN_MEASURES, value) !== null,
      instead: 'surprise',
    },
    { parameter: 'at', what: 'the part of the image', isKnown: (value) => readView(value) !== null, why: 'is none', instead: 'the whole' },
    {
      parameter: 'layout',
      what: 'the layout',
      isKnown: (value) => value === 'diff',
      why: 'is none of the reference',
      instead: 'both texts',
    },
    { parameter: 'quality', what: 'the JPEG quality', isKnown: isNumber, why: 'is no number', instead: 'the first one' },
    { parameter: 'gain', what: 'the gain', isKnown: isNumber, why: 'is no number', instead: 'one chosen from the picture' },
    { parameter: 'edit', what: 'the change', isKnown: isEditText, why: 'is none that can be made', instead: 'a grey mask over the middle' },
  ];
}

/** @param count of the answers of the group; 0 where none was sampled, null while that is not known */
export function groupLinkRules(count: number | null): LinkRule[] {
  return [
    {
      parameter: 'open',
      what: 'the answer of the group',
      isKnown: (value) => count === null || paragraphIn(value, count) !== null,
      why: count === 0 ? 'was not sampled in this browser yet' : 'is none of this group',
    },
  ];
}

/** Rules of the history, once its steps are known. */
export function historyLinkRules(entries: readonly HistoryEntry[], shown: HistoryEntry | undefined): LinkRule[] {
  return [
    {
      parameter: 'source',
      what: 'the answers',
      isKnown: (value) => oneOf(['asked', 'sampled'], value) !== null,
      why: 'are none of a run',
      instead: 'those of its checkpoints',
    },
    {
      parameter: 'step',
      what: 'the step',
      isKnown: (value) => entries.some(({ step }) => String(step) === value),
      why: 'has no answer here',
      instead: shown?.name,
    },
    {
      parameter: 'answer',
      what: 'the answer with the place',
      isKnown: (value) => shown?.answers[Number(value)] !== undefined,
      why: 'is none of this step',
      instead: 'another one',
    },
  ];
}
