import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../../src/shared/formats/html-report.ts';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0,0"/></svg>';
const report = htmlReport({
  title: 'A <img src=x onerror=alert(1)> & "B"',
  lead: 'Made today.',
  sections: [
    { title: 'Table', text: ["it's <script>alert(1)</script>"], table: { columns: ['Run', 'F1'], rows: [['<b>bold</b>', 0.5], ['none', null]], caption: 'n < 5' } },
    { title: 'Curves', pictures: [SVG] },
  ],
}); // prettier-ignore

describe('an HTML report', () => {
  it('writes every text of the user as text, never as markup', () => {
    expect(report).not.toMatch(/<script|<img|<b>/);
    expect(report).toContain('&lt;b&gt;bold&lt;/b&gt;');
    expect(report).toContain('it&#39;s &lt;script&gt;');
    expect(report).toContain('<title>A &lt;img src=x onerror=alert(1)&gt; &amp; &quot;B&quot;</title>');
  });

  it('needs nothing else and forbids itself scripts and requests', () => {
    expect(report.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src="|href=|@import|url\(/);
    expect(report).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
  });

  it('lets long names and hashes break, so that a table is no wider than paper', () => {
    const table = { columns: ['rewards/vcr_reward/mean (last)'], rows: [['0123456789abcdef01 of <data>']] };
    const text = htmlReport({ title: '', lead: '', sections: [{ title: '', table }] });
    expect(text).toContain('<th scope="col">rewards/<wbr>vcr_<wbr>reward/<wbr>mean (last)</th>');
    expect(text).toContain('0123456789abcdef<wbr>01 of &lt;data&gt;</th>');
    const drawn = htmlReport({ title: '', lead: '', sections: [{ title: '', table: { columns: [`a${'🙂'.repeat(12)}`], rows: [] } }] });
    expect(drawn.isWellFormed()).toBe(true); // no character is cut in two
  });

  it('has heads for rows and columns, a dash for what does not exist, and pictures as they are', () => {
    expect(report).toContain('<th scope="row">none</th><td>–</td>');
    expect(report).toContain('<caption>n &lt; 5</caption>');
    expect(report).toContain(`<figure>${SVG}</figure>`);
  });
});
