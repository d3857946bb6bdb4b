// @vitest-environment happy-dom
// Links that ask for values which their page does not have.
import { act } from 'react';
import { describe, expect, it } from 'vitest';
import { DataPanel } from '../../src/components/DataPanel.tsx';
import { unknownValues, type LinkRule } from '../../src/components/link-values.ts';
import { LinkNotes } from '../../src/components/LinkNotes.tsx';
import { useLinkChoice } from '../../src/components/use-link-choice.ts';
import { reportLinkRules, type LinkKnowledge } from '../../src/features/evaluation/report/report-link.ts';
import { WORD_RULES } from '../../src/features/training/compare/address.ts';
import { runLinkRules } from '../../src/features/training/run/run-link.ts';
import { someDataset, someRun } from '../support/records.ts';
import { render } from './render.tsx';

const RULES: LinkRule[] = [
  { parameter: 'tab', what: 'the tab', isKnown: (value) => value === 'map', instead: 'the list' },
  { parameter: 'step', what: 'the step', isKnown: () => false, why: 'was never stored' },
];

describe('a link that asks for what its page does not have', () => {
  it('is answered with one sentence for each unknown value, and silence on values and parameters that are known or without a rule', async () => {
    const { container } = await render(<LinkNotes rules={RULES} />, '/x?tab=mop&step=7&colour=blue');
    const notes = [...container.querySelectorAll('[data-testid="missing-note"]')];
    expect(notes.map((note) => [note.getAttribute('data-what'), note.textContent?.trim()])).toEqual([
      ['tab', 'This link asks for the tab “mop”, which is not here. Below, the list stands in its place.'],
      ['step', 'This link asks for the step “7”, which was never stored.'],
    ]);
    const { container: fine } = await render(<LinkNotes rules={RULES} />, '/x?tab=map&colour=blue');
    expect(fine.querySelector('[data-testid="missing-note"]')).toBeNull();
  });
});

function Choice() {
  const { item, choose, missing } = useLinkChoice('dataset', [{ id: 'cats' }, { id: 'faces' }], true);
  return (
    <button type="button" data-testid="choice" data-missing={missing ?? ''} onClick={() => choose('faces')}>
      {item?.id}
    </button>
  );
}

describe('a link that chooses a dataset and its images', () => {
  it('is missing what none has until something else is chosen', async () => {
    const { find } = await render(<Choice />, '/eval/new?dataset=dogs');
    expect([find('choice').textContent, find('choice').dataset['missing']]).toEqual(['cats', 'dogs']);
    await act(async () => find('choice').click());
    expect([find('choice').textContent, find('choice').dataset['missing']]).toEqual(['faces', '']);
  });

  it('is told which split and domain the dataset does not have', async () => {
    const dataset = someDataset({ id: 'ds', counts: [{ domain: 'aster', split: 'test', label: 'fake', count: 3 }] });
    const filter = { domains: [], splits: [], labels: [], predicted: [] };
    const nothing = () => undefined;
    const panel = (
      <DataPanel name="eval" datasets={[dataset]} dataset={dataset} filter={filter} imageCount={3} onDataset={nothing} onFilter={nothing}>
        below
      </DataPanel>
    );
    const notes = async (path: string) =>
      [...(await render(panel, path)).container.querySelectorAll('[data-testid="missing-note"]')].map((note) =>
        note.getAttribute('data-id'),
      );
    expect(await notes('/eval/new?split=spam&domain=mars')).toEqual(['spam', 'mars']);
    expect(await notes('/eval/new?split=test&domain=aster')).toEqual([]);
  });
});

describe('a link to a report', () => {
  const record = { id: 'eval-1', datasetId: 'faces' };
  const known: LinkKnowledge = {
    record,
    evals: [record, { id: 'eval-2', datasetId: 'faces' }, { id: 'eval-3', datasetId: 'cats' }],
    answers: [{ path: 'a.png' }, { path: 'b.png' }],
    sources: ['token'],
    otherAnswers: [{ path: 'b.png' }],
  };
  const unknown = (query: string, knowledge = known) => {
    const params = new URLSearchParams(query);
    return unknownValues(params, reportLinkRules(knowledge, params.get('with'))).map(({ parameter, why }) => [parameter, why]);
  };

  it('is fine where list, score, threshold, decision, answers and the other evaluation are here', () => {
    expect(unknown('list=cut-real-fake&source=token&t=0&by=text&answer=a.png&with=eval-2&flip=there:b.png&model=nano')).toEqual([]);
  });

  it('names a list, score, threshold, decision and answer that are not', () => {
    expect(unknown('list=best&source=nose&t=7&by=luck&answer=c.png')).toEqual([
      ['list', undefined],
      ['source', undefined],
      ['t', 'is no number from 0 to 1'],
      ['by', undefined],
      ['answer', 'is not in this report'],
    ]);
    expect(unknown('t=')).toEqual([['t', 'is no number from 0 to 1']]);
    expect(unknown('source=head')).toEqual([['source', undefined]]); // a score, but none of these answers
  });

  it('says that answers without probabilities have no score to choose', () => {
    const scoreless = { record, evals: [], answers: [], sources: [], otherAnswers: null };
    expect(unknown('source=token', scoreless)).toEqual([['source', 'these answers do not have: they carry no probabilities']]);
  });

  it('says why an evaluation cannot be compared with', () => {
    expect(unknown('with=eval-9')).toEqual([['with', 'is not in this browser']]);
    expect(unknown('with=eval-1')).toEqual([['with', 'is this one']]);
    expect(unknown('with=eval-3')).toEqual([['with', 'is of another dataset']]);
  });

  it('names a compared answer that one side lacks, or that has nothing to be compared with', () => {
    expect(unknown('with=eval-2&flip=here:a.png')).toEqual([['flip', 'is not in both evaluations']]);
    expect(unknown('with=eval-2&flip=b.png')).toEqual([['flip', 'is not in both evaluations']]);
    expect(unknown('flip=here:a.png')).toEqual([['flip', 'needs another evaluation to compare with']]);
  });

  it('calls nothing missing while evaluations and answers are still read', () => {
    const reading = { record, evals: null, answers: null, sources: null, otherAnswers: null };
    expect(unknown('with=eval-9&answer=c.png&flip=here:c.png', reading)).toEqual([]);
  });
});

describe('links into single pages', () => {
  const unknown = (query: string, rules: readonly LinkRule[]) =>
    unknownValues(new URLSearchParams(query), rules).map(({ parameter }) => parameter);

  it('to a comparison name the words that it does not know', () => {
    expect(unknown('group=sides&lines=all&band=wide&rows=cats&format=word&runs=a', WORD_RULES)).toEqual([
      'group',
      'lines',
      'band',
      'rows',
      'format',
    ]);
    expect(unknown('group=seeds&lines=mean&band=sd&rows=runs&format=latex', WORD_RULES)).toEqual([]);
  });

  it('to a run name a step that it has not, and chart settings that are none', () => {
    const rules = runLinkRules(someRun({ id: 'r', state: 'done', step: 8, maxSteps: 8 }));
    expect(unknown('step=9&x=day&scale=square&metrics=none&smoothing=7', rules)).toEqual(['step', 'x', 'scale', 'metrics', 'smoothing']);
    expect(unknown('step=8&x=time&scale=log&metrics=all&smoothing=0.35', rules)).toEqual([]);
  });
});
