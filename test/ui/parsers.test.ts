import { describe, expect, it } from 'vitest';
import { parserRows } from '../../src/features/evaluation/report/parsers.ts';
import { sampleList } from '../../src/features/evaluation/report/sample-lists.ts';
import type { Label } from '../../src/shared/domain/sample.ts';
import { someAnswer } from '../support/records.ts';

const answer = (index: number, label: Label | null, predict: Label | null, text: string) =>
  someAnswer({ evalId: 'e', sampleId: `s${index}`, index, label, predict, text });
const ANSWERS = [
  answer(0, 'fake', 'fake', 'Waxy.\n\n### Answer: fake'),
  answer(1, 'fake', 'real', 'Hard.\n\n### Answer: not real but fake'),
  answer(2, 'fake', null, 'Odd.\n\nConclusion: this one is fake'),
  answer(3, 'real', null, 'A really sharp picture.'),
  answer(4, null, null, 'Nothing.'),
  { ...answer(5, 'real', null, ''), failure: { code: 'E-IMAGE' as const, message: 'broken' } },
];

describe('the answers of a report as each parser reads them', () => {
  const rows = parserRows(ANSWERS);
  const row = (parser: string) => rows.find((one) => one.parser === parser);

  it('shows where the three official parsers and the strict one part', () => {
    expect(rows.map(({ parser, parsed, differs }) => [parser, parsed, differs])).toEqual([
      ['eval', 2, 0],
      ['prpo', 3, 2],
      ['plain', 4, 3],
      ['strict', 1, 1],
    ]);
  });

  it('says which rules fired and what the figures would be', () => {
    expect(Object.fromEntries(row('prpo')?.rules ?? [])).toEqual({ 'answer-tag': 1, 'answer-tag-both': 1, 'final-line': 1, none: 2 });
    expect(row('eval')).toMatchObject({ answered: 5, right: 1, judged: 2 });
    expect(row('prpo')).toMatchObject({ right: 3, judged: 3, f1: 1 });
    expect(row('strict')).toMatchObject({ rules: [['none', 4], ['strict', 1]] }); // prettier-ignore
  });

  it('lists the answers that any of them reads otherwise', () => {
    const found = sampleList(ANSWERS, 'parsers', { source: 'head', threshold: 0.5 });
    expect(found.map(({ sampleId }) => sampleId)).toEqual(['s1', 's2', 's3']);
  });

  it('reads no vote, whose answer no single text gives', () => {
    expect(parserRows(ANSWERS.map((one) => ({ ...one, sampled: [] })))).toEqual([]);
  });
});
