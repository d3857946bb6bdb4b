import { describe, expect, it } from 'vitest';
import { tableCsv, tableLatex, tableMarkdown } from '../../../src/shared/formats/table-text.ts';

const TABLE = {
  columns: ['domain', 'accuracy, %', 'F1 & co'],
  rows: [
    ['aster_1', 91.2, '88.0 [80.1, 93.0]'],
    ['a|b "x"', null, '−3.5'],
  ],
  caption: 'Per domain, 95 % intervals',
};

describe('a table as text', () => {
  it('becomes Markdown with figures to the right and bars escaped', () => {
    expect(tableMarkdown(TABLE)).toBe(
      [
        'Per domain, 95 % intervals',
        '',
        '| domain | accuracy, % | F1 & co |',
        '| --- | --: | --: |',
        '| aster_1 | 91.2 | 88.0 [80.1, 93.0] |',
        '| a\\|b "x" | – | −3.5 |',
        '',
      ].join('\n'),
    );
  });

  it('becomes a booktabs table with every special character escaped', () => {
    const text = tableLatex(TABLE);
    expect(text).toContain('\\begin{tabular}{lrr}');
    expect(text).toContain('    domain & accuracy, \\% & F1 \\& co \\\\');
    expect(text).toContain('    aster\\_1 & 91.2 & 88.0 [80.1, 93.0] \\\\');
    expect(text).toContain('& -- & $-$3.5 \\\\');
    expect(text).toContain('\\caption{Per domain, 95 \\% intervals}');
    expect(tableLatex({ columns: ['pictures'], rows: [['Blur σ 0.5 px']] })).toContain('    Blur $\\sigma$ 0.5 px \\\\');
    expect(tableLatex({ columns: ['a\\b^c~{d}'], rows: [['x']] })).toContain(
      'a\\textbackslash{}b\\textasciicircum{}c\\textasciitilde{}\\{d\\}',
    );
  });

  it('becomes CSV that quotes commas and quotes and leaves nothing where there is no value', () => {
    expect(tableCsv(TABLE)).toBe('domain,"accuracy, %",F1 & co\r\naster_1,91.2,"88.0 [80.1, 93.0]"\r\n"a|b ""x""",,−3.5\r\n');
  });
});
