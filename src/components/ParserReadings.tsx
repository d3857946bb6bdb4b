// One answer as each of the parsers reads it, with the rule that fired.
import type { Label } from '../shared/domain/sample.ts';
import { parseAnswer } from '../shared/text/answer-parsers.ts';
import { LabelMark } from './LabelMark.tsx';
import { PARSER_WORDS, ruleText } from './parser-words.ts';
import { TableHead } from './TableHead.tsx';
import table from './Table.module.css';

/** @param counted what was counted for this answer; null = unparsed */
export function ParserReadings({ text, counted }: { text: string; counted: Label | null }) {
  const readings = PARSER_WORDS.map(({ parser, usedBy }) => ({ parser, usedBy, ...parseAnswer(text, parser) }));
  const agree = readings.every(({ answer }) => answer === counted);
  return (
    <details data-testid="parser-readings" data-agree={agree} open={!agree || undefined}>
      <summary>{agree ? 'All four parsers read it so' : 'The parsers read it differently'}</summary>
      <div className={table.scroll} role="region" aria-label="Readings of the parsers" tabIndex={0}>
        <table className={table.table}>
          <TableHead columns={['parser', 'used by', 'reads', 'rule that fired']} />
          <tbody>
            {readings.map(({ parser, usedBy, answer, rule }) => (
              <tr key={parser} data-testid="parser-reading" data-parser={parser} data-answer={answer ?? 'unparsed'} data-rule={rule}>
                <th scope="row">{parser}</th>
                <td>{usedBy}</td>
                <td>
                  <LabelMark label={answer ?? 'unparsed'} />
                </td>
                <td>{ruleText(rule)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
