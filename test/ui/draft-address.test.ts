// The half-filled form of a run as an address: what is read back is what was written.
import { describe, expect, it } from 'vitest';
import {
  CHOICES,
  draftLinkRules,
  draftParameters,
  formLink,
  movedAddress,
  readDraft,
  type AddressedDraft,
} from '../../src/features/training/new/draft-address.ts';
import { unknownValues } from '../../src/components/link-values.ts';
import { fieldsFor, TRAIN_FIELDS } from '../../src/shared/config/fields.ts';
import type { TrainField } from '../../src/shared/config/fields/field.ts';
import type { TrainConfig } from '../../src/shared/config/config.ts';
import { PRESET_NAMES } from '../../src/shared/config/presets.ts';

const at = (query: string) => readDraft(new URLSearchParams(query));
const NOTHING = at('');

function rewritten(draft: AddressedDraft): AddressedDraft {
  return readDraft(movedAddress(new URLSearchParams(), NOTHING, draft));
}

/** The configuration with another value in a field. */
function moved(config: TrainConfig, field: TrainField): TrainConfig {
  if (field.kind === 'switch') return field.set(config, !field.get(config));
  if (field.kind === 'choice') return field.set(config, field.choices.find(({ value }) => value !== field.get(config))?.value ?? '');
  return field.set(config, field.get(config) === field.max ? field.min : field.max);
}

describe('the form of a run in its address', () => {
  it('comes back with every algorithm and preset, each field changed alone', () => {
    const tried = new Set<string>();
    for (const algorithm of CHOICES) {
      for (const preset of PRESET_NAMES) {
        const start = at(`algorithm=${algorithm}&preset=${preset}`);
        expect(rewritten(start)).toEqual(start);
        for (const field of fieldsFor(start.config)) {
          const draft = { ...start, config: moved(start.config, field) };
          expect(rewritten(draft), `${algorithm}, ${preset}, ${field.name}`).toEqual(draft);
          tried.add(field.name);
        }
      }
    }
    const adapterOnly = TRAIN_FIELDS.filter(({ name }) => !tried.has(name)).map(({ name }) => name);
    expect(adapterOnly.every((name) => name.startsWith('lora_'))).toBe(true);
  });

  it('comes back with an adapter and with all its numbers changed at once', () => {
    const draft = at('preset=paper&use_peft=true&lora_r=4&lora_alpha=32&learning_rate=2e-5&num_generations=16&temperature=0.7');
    expect(draft.config.lora).toMatchObject({ r: 4, loraAlpha: 32 });
    expect(draft.config).toMatchObject({ optimizer: { learningRate: 2e-5 }, policy: { numGenerations: 16, temperature: 0.7 } });
    expect(rewritten(draft)).toEqual(draft);
  });

  it('keeps a number as it was typed, also one that is refused', () => {
    const draft = at('learning_rate=abc&max_steps=040&seed=7');
    expect(draft.texts).toEqual({ learning_rate: 'abc', max_steps: '040' });
    expect(draft.config).toMatchObject({ maxSteps: 40, seed: 7, optimizer: NOTHING.config.optimizer });
    expect(rewritten(draft)).toEqual(draft);
  });

  it('keeps the choice of images, every split included', () => {
    expect(at('').config.filter.splits).toEqual(['train']);
    for (const query of ['split=all', 'split=test&domain=a%2Cb&domain=c', 'tag=odd']) {
      expect(rewritten(at(query)).config.filter).toEqual(at(query).config.filter);
    }
  });

  it('touches nothing of a link but what was changed', () => {
    const link = new URLSearchParams('dataset=demo&objective=nonsense&seed=7');
    const before = readDraft(link);
    const after = { ...before, config: { ...before.config, maxSteps: 9 } };
    expect(movedAddress(link, before, after).toString()).toBe('dataset=demo&objective=nonsense&seed=7&max_steps=9');
    expect(movedAddress(link, before, { ...before, config: { ...before.config, seed: 42 } }).toString()).toBe(
      'dataset=demo&objective=nonsense',
    );
    expect(draftParameters(NOTHING).size).toBe(0);
  });

  it('says which named values no form has', () => {
    const params = new URLSearchParams('algorithm=prpo&preset=huge&objective=nonsense&use_peft=perhaps&seed=x');
    const unknown = unknownValues(params, draftLinkRules(readDraft(params))).map(({ parameter }) => parameter);
    expect(unknown.sort()).toEqual(['objective', 'preset', 'use_peft']);
  });

  it('repeats a run with its settings, data and model', () => {
    const { config } = at('algorithm=grpo&preset=released-code&learning_rate=3e-6&domain=elder&use_peft=true&lora_r=2');
    const link = formLink({ config, datasetId: 'ds 1', baseModelId: 'run-1-best' });
    const [route, query = ''] = link.split('?');
    expect(route).toBe('/train/new');
    expect(at(query).config).toEqual(config);
    expect(new URLSearchParams(query).get('dataset')).toBe('ds 1');
    expect(new URLSearchParams(query).get('model')).toBe('run-1-best');
  });
});
