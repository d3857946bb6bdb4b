// Kind `yake`: phrases and scores equal to yake 0.6.
import * as v from 'valibot';
import { fallbackKeyword } from '../../../src/shared/text/keyword.ts';
import { yakePhrases } from '../../../src/shared/text/yake.ts';
import { CheckList } from '../kind.ts';
import type { ParityContext } from '../kind.ts';

const Case = v.object({
  text: v.string(),
  n: v.number(),
  keyword: v.optional(v.string()),
  top: v.array(v.tuple([v.string(), v.number()])),
});
const Fixture = v.object({ limits: v.object({ agreement: v.number(), rel: v.number() }), cases: v.array(Case) });

/** Compares the keyword (n = 10) or the first phrase (n = 3), and the scores of all phrases that both rank. */
export async function check(context: ParityContext): Promise<CheckList> {
  const { cases, limits } = v.parse(Fixture, context.fixture);
  const list = new CheckList('phrases and scores');
  list.tolerate('keyword', 1 - limits.agreement);
  cases.forEach(({ text, n, keyword, top }, i) => {
    const phrases = yakePhrases(text, n) ?? [];
    const got = keyword === undefined ? phrases[0]?.key : (phrases[0]?.phrase ?? fallbackKeyword(text));
    list.equal(`case ${i} keyword`, got ?? null, keyword ?? top[0]?.[0] ?? null);
    compareScores(list, i, top, phrases.slice(0, top.length), limits.rel);
  });
  return list;
}

function compareScores(list: CheckList, i: number, top: [string, number][], got: { key: string; score: number }[], limit: number): void {
  top.forEach(([phrase, score], rank) => {
    const same = got.find((entry) => entry.key === phrase);
    if (same !== undefined) list.closeRelative(`case ${i} rank ${rank} score`, same.score, score, limit);
  });
}
