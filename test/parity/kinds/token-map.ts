// Kind `token-map`: paragraph of each token.
import * as v from 'valibot';
import { mapTokensToParagraphs } from '../../../src/shared/rewards/token-map.ts';
import { splitParagraphs } from '../../../src/shared/text/paragraphs.ts';
import { CheckList } from '../kind.ts';
import type { ParityContext } from '../kind.ts';

const Fixture = v.object({
  settings: v.object({ maxParagraphs: v.number(), minCharacters: v.number() }),
  cases: v.array(v.object({ text: v.string(), pieces: v.array(v.string()), paragraphOfToken: v.array(v.nullable(v.number())) })),
});

/** Compares the whole map of every case. */
export async function check(context: ParityContext): Promise<CheckList> {
  const { settings, cases } = v.parse(Fixture, context.fixture);
  const list = new CheckList('maps');
  cases.forEach(({ text, pieces, paragraphOfToken }, i) => {
    const paragraphs = splitParagraphs(text, { splitter: 'blank-line', minCharacters: settings.minCharacters }).slice(
      0,
      settings.maxParagraphs,
    );
    const bytes = pieces.map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
    list.equal(`case ${i}`, mapTokensToParagraphs(bytes, paragraphs), paragraphOfToken);
  });
  return list;
}
