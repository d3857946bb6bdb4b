// The demo benchmark as files: paths, training rows and question rows in the forms of spec/formats.md 1 and 2.
import { RL_PROMPT, SFT_PROMPT } from '../../../src/shared/config/prompts.ts';
import type { Label, Split } from '../../../src/shared/domain/sample.ts';
import { RandomStream } from '../../../src/shared/random.ts';
import { DEMO_DOMAINS } from './domains.ts';
import { demoSample, type DemoKey } from './generate.ts';
import { writeAnnotation } from './grammar.ts';

const SPLITS: readonly Exclude<Split, 'none'>[] = ['train', 'val', 'test'];
const LABELS: readonly Label[] = ['fake', 'real'];

/** One row of a training JSON. */
export interface TrainRow {
  id: string;
  image: string;
  conversations: { from: 'human' | 'gpt'; value: string }[];
  binary_label: 0 | 1;
}

/** One line of a question JSONL. */
export interface QuestionRow {
  question_id: number;
  image: string;
  text: string;
  label: Label;
}

/** The keys of a whole benchmark in a fixed order: domain, split, label, index. */
export function* demoKeys(seed: number, perClass: number): Generator<DemoKey> {
  for (const domain of DEMO_DOMAINS) {
    for (const split of SPLITS) {
      for (const label of LABELS) {
        for (let index = 0; index < perClass; index++) yield { seed, domain, split, label, index };
      }
    }
  }
}

/** Path in the DF-R5 layout, such as `aster/test/fake/000012.png`. */
export function demoPath({ domain, split, label, index }: DemoKey): string {
  return `${domain}/${split}/${label}/${String(index).padStart(6, '0')}.png`;
}

/** The annotation of a picture; `variant` picks other phrasings of the same claims. */
export function demoAnnotation(key: DemoKey, variant = 0): string {
  const random = RandomStream.fromText(`words/${key.seed}/${demoPath(key)}/${variant}`);
  return writeAnnotation(demoSample(key).artefacts, key.label, random);
}

export function trainRow(key: DemoKey): TrainRow {
  const path = demoPath(key);
  const conversations: TrainRow['conversations'] = [
    { from: 'human', value: SFT_PROMPT },
    { from: 'gpt', value: demoAnnotation(key) },
  ];
  return { id: path, image: path, conversations, binary_label: key.label === 'fake' ? 1 : 0 };
}

export function questionRow(key: DemoKey, questionId: number): QuestionRow {
  return { question_id: questionId, image: demoPath(key), text: RL_PROMPT, label: key.label };
}
