// The reward of a completion: parse, split, keyword, VCR, PCR, R = alpha VCR + beta PCR per paragraph (prpo.md 2 to 6).
// Pure: the image enters only through `cosineOf`, so that page, workers and tests score alike.
import type { AnswerParser, RewardConfig } from '../config/config.ts';
import type { ParagraphRecord, ScoredCompletion } from '../domain/answer.ts';
import type { Label } from '../domain/sample.ts';
import { parseAnswer, parseFinalLine, parsePrpo } from '../text/answer-parsers.ts';
import { paragraphKeyword } from '../text/keyword.ts';
import { lexiconVote } from '../text/lexicon.ts';
import type { LexiconVote } from '../text/lexicon.ts';
import { splitParagraphs } from '../text/paragraphs.ts';
import type { Paragraph } from '../text/paragraphs.ts';
import { betterSeen, computePcr, countVotes, withoutWorst } from './pcr.ts';
import type { VoteCount } from './pcr.ts';
import { computeVcr, replaceFinalVcr } from './vcr.ts';

/** What the reward needs to know beside the text. */
export interface ScoreOptions {
  reward: RewardConfig;
  /** Gives `predict`; the reward itself always uses the rules of `reward.answerRule`. */
  parser: AnswerParser;
  /** Without an image R = PCR. */
  hasImage: boolean;
  /** Cosine of the image with a keyword; null when it could not be encoded. Called once per keyword, not at all without an image. */
  cosineOf: (keyword: string) => number | null;
}

/** Text-derived facts of every kept paragraph, before any image is looked at. */
export interface ReadCompletion {
  paragraphs: Paragraph[];
  keywords: string[];
  votes: LexiconVote[];
  /** The answer that PCR compares with; null = unknown. */
  rewardAnswer: Label | null;
  /** Parser (b) found an answer. */
  isParsed: boolean;
}

/** The answer that PCR compares with; null = none found. */
export function readAnswer(text: string, { answerRule }: Pick<RewardConfig, 'answerRule'>): Label | null {
  return (answerRule === 'prpo' ? parsePrpo(text) : parseFinalLine(text)).answer;
}

/** Parses and splits a completion; the keywords are what an image encoder must be asked for. */
export function readCompletion(text: string, reward: RewardConfig): ReadCompletion {
  const paragraphs = splitParagraphs(text, reward);
  const rewardAnswer = readAnswer(text, reward);
  const keywords = paragraphs.map((paragraph) =>
    paragraph.isFinal && rewardAnswer !== null ? rewardAnswer : paragraphKeyword(paragraph.text, reward.keywordLength),
  );
  return {
    paragraphs,
    keywords,
    votes: paragraphs.map((paragraph) => lexiconVote(paragraph.text)),
    rewardAnswer,
    isParsed: parsePrpo(text).answer !== null,
  };
}

/** The side of a tie; null leaves it to the stated answer. */
const TIE_RULES = { answer: () => null, vcr: betterSeen, 'vcr-worst': withoutWorst };

/** Rewards of all kept paragraphs, also those after the 8th. */
interface ParagraphScores {
  cosines: (number | null)[];
  vcr: number[];
  pcr: (0 | 1)[];
  rewards: number[];
}

function scoreParagraphs(read: ReadCompletion, options: ScoreOptions): ParagraphScores {
  const { reward, hasImage, cosineOf } = options;
  const cosines = read.keywords.map((keyword) => (hasImage ? cosineOf(keyword) : null));
  const isFinal = read.paragraphs.map((paragraph) => paragraph.isFinal);
  const own = cosines.map(computeVcr);
  const vcr = reward.finalParagraphVcr === 'own' ? own : replaceFinalVcr(own, isFinal);
  const labels = read.votes.map((vote) => vote.vote);
  const decide = TIE_RULES[hasImage ? (reward.tieVote ?? 'answer') : 'answer'];
  const tieBefore = (i: number) => decide(labels.slice(0, i), vcr.slice(0, i));
  const pcr = isFinal.map((final, i) => computePcr(i, final, labels, read.rewardAnswer, tieBefore(i) ?? read.rewardAnswer));
  const rewards = pcr.map((consistency, i) => {
    if (!read.isParsed) return 0;
    return hasImage ? reward.alpha * (vcr[i] ?? 0) + reward.beta * consistency : consistency;
  });
  return { cosines, vcr, pcr, rewards };
}

function toRecords(read: ReadCompletion, scores: ParagraphScores, options: ScoreOptions): ParagraphRecord[] {
  return read.paragraphs.slice(0, options.reward.maxParagraphs).map((paragraph, i) => {
    const { vote, confidence, realScore, fakeScore, hits } = read.votes[i] ?? lexiconVote('');
    return {
      ...paragraph,
      index: i,
      keyword: read.keywords[i] ?? '',
      cosine: scores.cosines[i] ?? null,
      vcr: scores.vcr[i] ?? 0,
      pcr: scores.pcr[i] ?? 0,
      reward: scores.rewards[i] ?? 0,
      vote,
      confidence,
      realScore,
      fakeScore,
      hits,
      matchesFinalAnswer: vote === read.rewardAnswer,
      hasImage: options.hasImage,
      advantage: null,
    };
  });
}

/** Votes before the last final paragraph; null if it stands first or there is none. */
function votesBeforeFinal(read: ReadCompletion): VoteCount | null {
  const at = read.paragraphs.findLastIndex((paragraph) => paragraph.isFinal);
  return at > 0 ? countVotes(read.votes.slice(0, at).map((vote) => vote.vote)) : null;
}

const mean = (values: number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length);

/**
 * Scores a completion. Linear in its length but for the keyword search, whose phrases are at most `keywordLength` words.
 * @param read the same text, where it has been read already
 * @returns paragraph records (at most `maxParagraphs`), with advantages still null
 */
export function scoreCompletion(text: string, options: ScoreOptions, read = readCompletion(text, options.reward)): ScoredCompletion {
  const scores = scoreParagraphs(read, options);
  const paragraphs = toRecords(read, scores, options);
  const { answer, rule } = parseAnswer(text, options.parser);
  return {
    paragraphs,
    cutParagraphs: read.paragraphs.length - paragraphs.length,
    predict: answer,
    parseRule: rule,
    formatScore: read.isParsed ? 1 : 0,
    reward: mean(paragraphs.map((paragraph) => paragraph.reward)),
    votes: votesBeforeFinal(read),
  };
}

/** Index, combined, CLIP score, CLIP reward, consistency, combined again: a row of the released code's `paragraph_metadata`. */
export type MetadataRow = [number, number, number, number, number, number];

/** The arrays that the released reward returns (formats.md 3). */
export interface ReleasedRewardArrays {
  /** Padded with 0, cut at `maxParagraphs`. */
  paragraphRewards: number[];
  paragraphMetadata: MetadataRow[];
  /** All kept paragraphs, also those that are cut; 1 for an unparsed completion. */
  numParagraphs: number;
  formatScore: 0 | 1;
}

const PADDING_ROW: MetadataRow = [0, 0, 0.5, 0, 0.5, 0.5];

/** The released code's form of a scored completion. */
export function releasedRewardArrays(scored: ScoredCompletion, maxParagraphs: number): ReleasedRewardArrays {
  const isParsed = scored.formatScore === 1;
  const rows = Array.from({ length: maxParagraphs }, (_, i): MetadataRow => {
    const paragraph = isParsed ? scored.paragraphs[i] : undefined;
    if (paragraph === undefined) return [...PADDING_ROW];
    return [i, paragraph.reward, paragraph.vcr, paragraph.vcr, paragraph.pcr, paragraph.reward];
  });
  return {
    paragraphRewards: rows.map((row) => row[1]),
    paragraphMetadata: rows,
    numParagraphs: isParsed ? scored.paragraphs.length + scored.cutParagraphs : 1,
    formatScore: scored.formatScore,
  };
}
