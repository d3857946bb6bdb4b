// Kind `tokenizer`: ids, tokens, ranges and decoded text equal to Hugging Face tokenizers.
import * as v from 'valibot';
import { loadTokenizer } from '../../../workers/ml/text/tokenizer.ts';
import { CheckList, readFixtureText } from '../kind.ts';
import type { ParityContext } from '../kind.ts';

const Range = v.tuple([v.number(), v.number()]);
const Fixture = v.object({
  tokenizer: v.string(),
  cases: v.array(
    v.object({
      text: v.string(),
      add_special_tokens: v.boolean(),
      ids: v.array(v.number()),
      tokens: v.array(v.string()),
      offsets: v.array(Range),
      offsets_utf16: v.array(Range),
      decoded: v.string(),
    }),
  ),
});

/** Compares every case of a tokenizer fixture. */
export async function check(context: ParityContext): Promise<CheckList> {
  const fixture = v.parse(Fixture, context.fixture);
  const tokenizer = loadTokenizer(await readFixtureText(context, fixture.tokenizer));
  const list = new CheckList();
  fixture.cases.forEach((wanted, i) => {
    const got = tokenizer.encode(wanted.text, wanted.add_special_tokens);
    list.equal(`case ${i} tokens`, got.tokens, wanted.tokens);
    list.equal(`case ${i} ids`, got.ids, wanted.ids);
    list.equal(`case ${i} offsets`, got.offsets, wanted.offsets);
    list.equal(`case ${i} utf16 offsets`, got.offsetsUtf16, wanted.offsets_utf16);
    list.equal(`case ${i} decoded`, tokenizer.decode(wanted.ids), wanted.decoded);
  });
  return list;
}
