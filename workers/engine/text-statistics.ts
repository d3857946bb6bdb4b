// Lengths of a dataset's training rows as one model counts them. Reads the tokenizer, not the weights, so it need not wait for a job.
import { presetConfig } from '../../src/shared/config/presets.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import { distributionOf, type LongRow, type TextStatistics } from '../../src/shared/domain/text-statistics.ts';
import { FILES, readJson, type ModelFolders } from '../../src/shared/models/model-folder.ts';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { countSamples, readSamplePages } from '../../src/shared/storage/samples.ts';
import { DEFAULT_PARAGRAPH_RULES, splitParagraphs } from '../../src/shared/text/paragraphs.ts';
import { numVisionTokens, parseDxLlavaConfig } from '../ml/model/config.ts';
import { expandedLength } from '../ml/model/sequence-layout.ts';
import { loadTokenizer, type Tokenizer } from '../ml/text/tokenizer.ts';
import { trainingRowOf } from './training-row.ts';

type Call = EngineApi['textStatistics'];

interface Context {
  db: Database;
  folders: ModelFolders;
  signal: AbortSignal;
  progress: (progress: Call['progress']) => void;
}

/** Rows between two looks at messages. */
const ROWS_PER_TURN = 200;
const LISTED_ROWS = 200;

/** @throws E-MISSING for an unknown model, E-CANCELLED */
export async function textStatistics({ datasetId, modelId }: Call['params'], context: Context): Promise<TextStatistics> {
  const { db, folders } = context;
  const [base] = await folders.chainOf(modelId);
  const config = parseDxLlavaConfig(await readJson(await base.read(FILES.config), FILES.config));
  const tokenizer = loadTokenizer(await (await base.read(FILES.tokenizer)).text());
  const visionTokens = numVisionTokens(config.vision);
  const contextLength = config.tokenizerModelMaxLength;
  const counts = new RowCounts(tokenizer, visionTokens);
  const total = await countSamples(db, datasetId);
  for await (const page of readSamplePages(db, datasetId)) {
    for (let start = 0; start < page.length; start += ROWS_PER_TURN) {
      context.signal.throwIfAborted();
      for (const sample of page.slice(start, start + ROWS_PER_TURN)) counts.add(sample);
      context.progress({ done: counts.seen, total });
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return { datasetId, modelId, contextLength, visionTokens, ...counts.summary(contextLength) };
}

const SETTINGS = presetConfig('tiny-demo', 'sft-stage2');

/** Sums over samples as they come; keeps numbers, not texts. */
class RowCounts {
  seen = 0;
  readonly #tokenizer: Tokenizer;
  readonly #visionTokens: number;
  readonly #rows: LongRow[] = [];
  readonly #words: number[] = [];
  readonly #paragraphs: number[] = [];

  constructor(tokenizer: Tokenizer, visionTokens: number) {
    this.#tokenizer = tokenizer;
    this.#visionTokens = visionTokens;
  }

  add(sample: SampleRecord): void {
    this.seen++;
    const answer = sample.annotation?.answer.trim() ?? '';
    if (answer === '') return;
    const { inputIds } = trainingRowOf(sample, SETTINGS, this.#tokenizer);
    this.#rows.push({ sampleId: sample.id, path: sample.path, tokens: expandedLength(inputIds, this.#visionTokens) });
    this.#words.push(answer.split(/\s+/u).length);
    this.#paragraphs.push(splitParagraphs(answer, DEFAULT_PARAGRAPH_RULES).length);
  }

  summary(contextLength: number): Omit<TextStatistics, 'datasetId' | 'modelId' | 'contextLength' | 'visionTokens'> {
    const tooLong = this.#rows.filter(({ tokens }) => tokens > contextLength).sort((a, b) => b.tokens - a.tokens);
    return {
      rowCount: this.#rows.length,
      withoutText: this.seen - this.#rows.length,
      tokens: distributionOf(this.#rows.map(({ tokens }) => tokens)),
      words: distributionOf(this.#words),
      paragraphs: distributionOf(this.#paragraphs),
      tooLongCount: tooLong.length,
      tooLong: tooLong.slice(0, LISTED_ROWS),
    };
  }
}
