// Kind `prpo-rewards`: paragraphs, keywords, votes, rewards and answers equal to the released reward code.
import * as v from 'valibot';
import type { RewardConfig } from '../../../src/shared/config/config.ts';
import { RELEASED_REWARD } from '../../../src/shared/config/presets.ts';
import { readCompletion, releasedRewardArrays, scoreCompletion } from '../../../src/shared/rewards/paragraph-reward.ts';
import { parseEval, parseFinalLine, parsePlain, parsePrpo } from '../../../src/shared/text/answer-parsers.ts';
import { CheckList } from '../kind.ts';
import type { ParityContext } from '../kind.ts';

const Numbers = v.array(v.number());
const Answer = v.nullable(v.string());
const Case = v.object({
  text: v.string(),
  hasImage: v.boolean(),
  cosines: Numbers,
  answerCosines: v.object({ real: v.number(), fake: v.number() }),
  answers: v.object({ eval: Answer, prpo: Answer, finalLine: Answer, plain: Answer }),
  expected: v.object({
    paragraphs: v.array(v.string()),
    isFinal: v.optional(v.array(v.boolean())),
    keywords: v.optional(v.array(v.string())),
    realScores: v.optional(Numbers),
    fakeScores: v.optional(Numbers),
    votes: v.optional(v.array(v.string())),
    confidences: v.optional(Numbers),
    vcr: v.optional(Numbers),
    pcr: v.optional(Numbers),
    rewards: Numbers,
    metadata: v.array(Numbers),
    numParagraphs: v.number(),
    formatScore: v.number(),
  }),
});
const Fixture = v.object({
  settings: v.object({
    alpha: v.number(),
    beta: v.number(),
    maxParagraphs: v.number(),
    minCharacters: v.number(),
    keywordLength: v.number(),
  }),
  limits: v.object({ abs: v.number(), keywordMismatch: v.number() }),
  cases: v.array(Case),
});
type RewardCase = v.InferOutput<typeof Case>;

/** The case's cosines stand in for the image encoder: by answer word for final paragraphs, else by position. */
function injectedCosines(wanted: RewardCase, reward: RewardConfig): () => number | null {
  const read = readCompletion(wanted.text, reward);
  const byParagraph = read.paragraphs.map((paragraph, i) => {
    if (paragraph.isFinal && read.rewardAnswer !== null) return wanted.answerCosines[read.rewardAnswer];
    return wanted.cosines[i] ?? null;
  });
  let next = 0;
  return () => byParagraph[next++] ?? null;
}

function checkAnswers(list: CheckList, i: number, { text, answers }: RewardCase): void {
  list.equal(`case ${i} answer eval`, parseEval(text).answer, answers.eval);
  list.equal(`case ${i} answer prpo`, parsePrpo(text).answer, answers.prpo);
  list.equal(`case ${i} answer finalLine`, parseFinalLine(text).answer ?? 'unknown', answers.finalLine);
  list.equal(`case ${i} answer plain`, parsePlain(text).answer, answers.plain);
}

function checkText(list: CheckList, i: number, { text, expected }: RewardCase, reward: RewardConfig, limit: number): void {
  const { paragraphs, keywords, votes } = readCompletion(text, reward);
  list.equal(
    `case ${i} paragraphs`,
    paragraphs.map((paragraph) => paragraph.text),
    expected.paragraphs,
  );
  if (expected.isFinal !== undefined)
    list.equal(
      `case ${i} isFinal`,
      paragraphs.map((paragraph) => paragraph.isFinal),
      expected.isFinal,
    );
  expected.keywords?.forEach((keyword, k) => list.equal(`case ${i} paragraph ${k} keyword`, keywords[k], keyword));
  if (expected.votes !== undefined)
    list.equal(
      `case ${i} votes`,
      votes.map((vote) => vote.vote),
      expected.votes,
    );
  if (expected.realScores !== undefined)
    list.close(
      `case ${i} realScores`,
      votes.map((vote) => vote.realScore),
      expected.realScores,
      limit,
    );
  if (expected.fakeScores !== undefined)
    list.close(
      `case ${i} fakeScores`,
      votes.map((vote) => vote.fakeScore),
      expected.fakeScores,
      limit,
    );
  if (expected.confidences !== undefined)
    list.close(
      `case ${i} confidences`,
      votes.map((vote) => vote.confidence),
      expected.confidences,
      limit,
    );
}

function checkRewards(list: CheckList, i: number, wanted: RewardCase, reward: RewardConfig, limit: number): void {
  const { expected, hasImage, text } = wanted;
  const options = { hasImage, parser: 'prpo' as const };
  // All kept paragraphs are compared, also those that the reward list cuts.
  const whole = scoreCompletion(text, {
    ...options,
    reward: { ...reward, maxParagraphs: Infinity },
    cosineOf: injectedCosines(wanted, reward),
  });
  if (expected.vcr !== undefined)
    list.close(
      `case ${i} vcr`,
      whole.paragraphs.map((paragraph) => paragraph.vcr),
      expected.vcr,
      limit,
    );
  if (expected.pcr !== undefined)
    list.close(
      `case ${i} pcr`,
      whole.paragraphs.map((paragraph) => paragraph.pcr),
      expected.pcr,
      limit,
    );

  const scored = scoreCompletion(text, { ...options, reward, cosineOf: injectedCosines(wanted, reward) });
  const released = releasedRewardArrays(scored, reward.maxParagraphs);
  list.close(`case ${i} rewards`, released.paragraphRewards, expected.rewards, limit);
  list.equal(`case ${i} metadata rows`, released.paragraphMetadata.length, expected.metadata.length);
  list.close(`case ${i} metadata`, released.paragraphMetadata.flat(), expected.metadata.flat(), limit);
  list.equal(`case ${i} numParagraphs`, released.numParagraphs, expected.numParagraphs);
  list.equal(`case ${i} formatScore`, released.formatScore, expected.formatScore);
}

/** Compares every case with the released preset. */
export async function check(context: ParityContext): Promise<CheckList> {
  const { settings, limits, cases } = v.parse(Fixture, context.fixture);
  const reward: RewardConfig = { ...RELEASED_REWARD, ...settings };
  const list = new CheckList();
  list.tolerate('keyword', limits.keywordMismatch);
  cases.forEach((wanted, i) => {
    checkAnswers(list, i, wanted);
    checkText(list, i, wanted, reward, limits.abs);
    checkRewards(list, i, wanted, reward, limits.abs);
  });
  return list;
}
