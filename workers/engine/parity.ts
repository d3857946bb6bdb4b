// Hashes of everything that decides an answer, for the parity card: two evaluations with equal hashes were asked in the same way.
import type { EvalConfig } from '../../src/shared/config/config.ts';
import type { ParityHashes } from '../../src/shared/domain/run.ts';
import { sha256OfText } from '../../src/shared/hash.ts';
import { CLIP_MEAN, CLIP_STD } from '../../src/shared/image/transform.ts';
import { FILES, readJson, type ModelChain } from '../../src/shared/models/model-folder.ts';
import { parseDxLlavaConfig } from '../ml/model/config.ts';
import { renderPrompt } from '../ml/text/template.ts';

/** @throws E-MISSING, E-CHECKSUM, E-JSON, E-SCHEMA */
export async function parityHashes(chain: ModelChain, config: EvalConfig): Promise<ParityHashes> {
  const [base] = chain;
  const size = parseDxLlavaConfig(await readJson(await base.read(FILES.config), FILES.config)).vision.imageSize;
  const [weights, template, preprocessing, decoding] = await Promise.all([
    sha256OfText(weightLines(chain)),
    sha256OfText(renderPrompt({ template: config.template, question: config.prompt })),
    sha256OfText(JSON.stringify(preprocessingFacts(size, config))),
    sha256OfText(JSON.stringify(decodingFacts(config))),
  ]);
  return { weights, tokenizer: base.hashes.get(FILES.tokenizer) ?? '', template, preprocessing, decoding };
}

/** The recorded hashes of all files but the tokenizers, folder by folder; names of folders do not matter. */
function weightLines(chain: ModelChain): string {
  const kept = (path: string): boolean => path !== FILES.tokenizer && path !== FILES.clipTokenizer;
  return chain
    .flatMap(({ hashes }) => [...hashes].filter(([path]) => kept(path)).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    .map(([path, sha256]) => `${sha256}  ${path}\n`)
    .join('');
}

function preprocessingFacts(size: number, { perturbation, seed }: EvalConfig) {
  return {
    resize: 'short side, bicubic (Pillow)',
    crop: 'centre',
    size,
    mean: CLIP_MEAN,
    std: CLIP_STD,
    exifOrientation: 'ignored',
    perturbation: perturbation ?? null,
    perturbationSeed: perturbation ? seed : null,
  };
}

/** Greedy decoding depends on neither top-p nor seed. */
function decodingFacts({ decoding, parser, votes = 1 }: EvalConfig) {
  const { temperature, topP, maxNewTokens, seed } = decoding;
  return temperature === 0 ? { temperature, maxNewTokens, parser } : { temperature, topP, maxNewTokens, seed, parser, votes };
}
