// A loaded detector: DX-LLaVA with its CLIP and tokenizers. Pictures in, scored paragraphs and the three readouts out.
// Knows nothing about storage or messages; used by the engine, by pretraining and by the experiments.
import type { Tensor } from '@tensorflow/tfjs-core';
import type { AnswerParser, DecodingConfig, RewardConfig, TemplateName } from '../../../src/shared/config/config.ts';
import type { ScoredCompletion, TokenRecord } from '../../../src/shared/domain/answer.ts';
import { mapTokensToParagraphs, tokenRanges } from '../../../src/shared/rewards/token-map.ts';
import { readCompletion, scoreCompletion } from '../../../src/shared/rewards/paragraph-reward.ts';
import { buildPromptRow } from '../text/template.ts';
import { StreamingDecoder } from '../text/streaming-decoder.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { ClipModel } from './clip.ts';
import type { DxLlava } from './dx-llava.ts';
import { Generator, type Completion } from './generate.ts';
import { KeywordEncoder } from './keyword-encoder.ts';
import { answerProbabilities, headProbabilities, type AnswerTokens } from './readouts.ts';

const ANSWER_TAG = '### Answer:';

/** Pictures after the vision tower. `visionTokens` [I, S, D] is owned by whoever holds this. */
export interface EncodedImages {
  visionTokens: Tensor;
  /** CLIP features of each picture, unit length; null without a CLIP. */
  features: (Float32Array | null)[];
}

/** How an answer is asked for. */
export interface AnswerRequest {
  template: TemplateName;
  prompt: string;
  decoding: DecodingConfig;
  parser: AnswerParser;
  reward: RewardConfig;
}

/** One written answer with everything that was read from it. */
export interface DetectorAnswer {
  text: string;
  scored: ScoredCompletion;
  tokens: TokenRecord[];
  truncated: boolean;
  /** P(fake) of the binary head. */
  pFakeHead: number;
  /** P(fake) of the answer token after this text's reasoning; null where the context has no room for the forced heading. */
  pFakeToken: number | null;
}

/** How many answers, and how they are followed. */
export interface AnswerOptions {
  /** Per picture; 1 by default. */
  numGenerations?: number;
  /** Number of the first completion; with the seed it decides the tokens. */
  firstRowId?: number;
  signal?: AbortSignal;
  /** Text so far of the first completion, and its tokens. */
  onText?: (text: string, tokens: number) => void;
}

/** Borrows everything it is made from. */
export class Detector {
  readonly model: DxLlava;
  readonly clip: ClipModel | null;
  readonly tokenizer: Tokenizer;
  readonly keywords: KeywordEncoder | null;
  readonly answerTokens: AnswerTokens;

  constructor(parts: { model: DxLlava; clip: ClipModel | null; tokenizer: Tokenizer; clipTokenizer: Tokenizer | null }) {
    this.model = parts.model;
    this.clip = parts.clip;
    this.tokenizer = parts.tokenizer;
    this.keywords = parts.clip && parts.clipTokenizer ? new KeywordEncoder(parts.clip, parts.clipTokenizer) : null;
    this.answerTokens = { real: [this.#firstAnswerToken('real')], fake: [this.#firstAnswerToken('fake')] };
  }

  /** The token that begins the word after the forced heading. */
  #firstAnswerToken(word: string): number {
    const heading = this.tokenizer.encode(ANSWER_TAG, false).ids;
    const { ids } = this.tokenizer.encode(`${ANSWER_TAG} ${word}`, false);
    return ids[heading.length] ?? ids.at(-1) ?? 0;
  }

  /** @param pixels [I, size, size, 3], normalised; borrowed @returns owned by the caller */
  async encodeImages(pixels: Tensor): Promise<EncodedImages> {
    const visionTokens = this.model.encodeImages(pixels);
    try {
      return { visionTokens, features: await this.imageFeatures(visionTokens) };
    } catch (error) {
      visionTokens.dispose();
      throw error;
    }
  }

  /** CLIP features of pictures that went through the tower. @param visionTokens [I, S, D]; borrowed */
  async imageFeatures(visionTokens: Tensor): Promise<(Float32Array | null)[]> {
    const count = visionTokens.shape[0] ?? 0;
    if (!this.clip) return Array.from({ length: count }, () => null);
    const features = this.clip.imageFeatures(visionTokens);
    try {
      const values = await features.data<'float32'>();
      const width = this.clip.config.embedDim;
      return Array.from({ length: count }, (_, i) => Float32Array.from(values.subarray(i * width, (i + 1) * width)));
    } finally {
      features.dispose();
    }
  }

  promptIds(request: Pick<AnswerRequest, 'template' | 'prompt'>): Int32Array {
    return buildPromptRow({ template: request.template, question: request.prompt, tokenizer: this.tokenizer });
  }

  /** Rewards of written texts. @param imageOf index into `features` of each text */
  async score(
    texts: readonly string[],
    features: readonly (Float32Array | null)[],
    imageOf: (index: number) => number,
    request: Pick<AnswerRequest, 'reward' | 'parser'>,
  ): Promise<ScoredCompletion[]> {
    const { reward, parser } = request;
    const reads = texts.map((text) => readCompletion(text, reward));
    await this.keywords?.encode(reads.flatMap(({ keywords }) => keywords));
    return texts.map((text, i) => {
      const image = features[imageOf(i)] ?? null;
      const cosineOf = (keyword: string) => (image ? (this.keywords?.cosine(image, keyword) ?? null) : null);
      return scoreCompletion(text, { reward, parser, hasImage: image !== null, cosineOf }, reads[i]);
    });
  }

  /**
   * Answers for a batch of pictures, `numGenerations` each, picture by picture.
   * @param images borrowed
   */
  async answer(images: EncodedImages, request: AnswerRequest, options: AnswerOptions = {}): Promise<DetectorAnswer[]> {
    const promptIds = this.promptIds(request);
    const completions = await this.#generate(promptIds, images, request, options);
    const { numGenerations = 1 } = options;
    const imageOf = (i: number) => Math.floor(i / numGenerations);
    const texts = completions.map(({ ids }) => this.tokenizer.decode(ids));
    const scored = await this.score(texts, images.features, imageOf, request);
    const head = await headProbabilities(this.model, images.visionTokens);
    const rows = texts.map((text, i) => ({ ids: [...promptIds, ...this.#forcedIds(text)], image: imageOf(i) }));
    const forced = await answerProbabilities(this.model, rows, images.visionTokens, this.answerTokens);
    return completions.flatMap((completion, i) => {
      const one = scored[i];
      if (!one) return [];
      const text = texts[i] ?? '';
      const tokens = this.tokenRecords(completion, one);
      return [
        { text, scored: one, tokens, truncated: !completion.terminated, pFakeHead: head[imageOf(i)] ?? NaN, pFakeToken: forced[i] ?? null },
      ];
    });
  }

  async #generate(
    promptIds: Int32Array,
    images: EncodedImages,
    { decoding }: AnswerRequest,
    options: AnswerOptions,
  ): Promise<Completion[]> {
    this.model.assertFits(promptIds, decoding.maxNewTokens);
    const generator = new Generator(this.model, decoding.precision);
    const decoder = new StreamingDecoder(this.tokenizer);
    let [text, count] = ['', 0];
    const onTokens = (row: number, ids: readonly number[]) => {
      if (row !== 0 || !options.onText) return;
      for (const id of ids) text += decoder.push(id);
      count += ids.length;
      options.onText(text, count);
    };
    try {
      const prompts = Array.from({ length: images.visionTokens.shape[0] ?? 0 }, (_, image) => ({ ids: promptIds, image }));
      return await generator.generate(prompts, images.visionTokens, { ...decoding, ...options, onTokens });
    } finally {
      generator.dispose();
    }
  }

  /** The reasoning of a text followed by the answer heading: what the answer token is conditioned on. */
  #forcedIds(text: string): number[] {
    const at = text.lastIndexOf(ANSWER_TAG);
    const reasoning = at < 0 ? `${text.trimEnd()}\n\n` : text.slice(0, at);
    return this.tokenizer.encode(`${reasoning}${ANSWER_TAG}`, false).ids;
  }

  /** Ranges, probabilities and paragraph of every token. */
  tokenRecords(completion: Completion, scored: ScoredCompletion): TokenRecord[] {
    const pieces = this.tokenizer.piecesOf(completion.ids);
    const paragraphs = mapTokensToParagraphs(pieces, scored.paragraphs);
    const ranges = tokenRanges(pieces);
    return completion.ids.map((id, i) => ({
      id,
      start: ranges[i]?.start ?? 0,
      end: ranges[i]?.end ?? 0,
      logProbability: completion.logProbs[i] ?? 0,
      entropy: completion.entropies[i] ?? 0,
      paragraph: paragraphs[i] ?? null,
    }));
  }
}
