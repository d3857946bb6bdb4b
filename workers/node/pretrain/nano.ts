// Sizes, tokenizers and start weights of the built-in models `dx-llava-nano` and `clip-convnext-nano`.
import { RL_PROMPT, SFT_PROMPT } from '../../../src/shared/config/prompts.ts';
import { parseClipConfig, parseDxLlavaConfig, type ClipConfig, type DxLlavaConfig } from '../../ml/model/config.ts';
import { trainBpe } from '../../ml/text/bpe-train.ts';
import { renderPrompt } from '../../ml/text/template.ts';
import { loadTokenizer, type Tokenizer } from '../../ml/text/tokenizer.ts';
import { allPhrases } from '../../data/demo/grammar.ts';

export const IMAGE_SIZE = 64;
const TRUNK = { depths: [1, 2, 2], dims: [32, 64, 128] };
/** Start of layer scale; timm's 1e-6 is for deep trunks. */
export const LAYER_SCALE = 0.3;

/** The LLaVA-style `config.json` of `dx-llava-nano`. */
const NANO_CONFIG = {
  architectures: ['LlavaLlamaForCausalLM'],
  model_type: 'llava_llama',
  hidden_size: 128,
  intermediate_size: 256,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  vocab_size: 1024,
  max_position_embeddings: 384,
  tokenizer_model_max_length: 384,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  bos_token_id: 1,
  eos_token_id: 2,
  pad_token_id: 0,
  mm_vision_tower: 'clip-convnext-nano',
  mm_hidden_size: 128,
  mm_projector_type: 'mlp2x_gelu',
  vision_config: { architecture: 'convnext', ...TRUNK, image_size: IMAGE_SIZE, layer_norm_eps: 1e-6 },
};

/** The open_clip-style config of `clip-convnext-nano`. */
export const NANO_CLIP_CONFIG = {
  embed_dim: 96,
  vision_cfg: { timm_model_name: 'convnext_nano', timm_pool: '', timm_proj: 'mlp', image_size: IMAGE_SIZE, timm_model_kwargs: TRUNK },
  text_cfg: { context_length: 48, vocab_size: 1024, width: 96, heads: 4, layers: 1 },
};

/** Everything that pretraining starts from. The tokenizers are plain JSON objects, as they are written. */
export interface NanoParts {
  config: DxLlavaConfig;
  clipConfig: ClipConfig;
  tokenizer: Tokenizer;
  clipTokenizer: Tokenizer;
  tokenizerJson: object;
  clipTokenizerJson: object;
}

/** Trains both vocabularies on the grammar and the prompts; deterministic. */
export function createNanoParts(): NanoParts {
  const phrases = allPhrases();
  const prompts = [SFT_PROMPT, RL_PROMPT].flatMap((question) => [
    renderPrompt({ template: 'v1', question }),
    renderPrompt({ template: 'llava_v1', question }),
  ]);
  const answers = ['\n\n', ' ### Answer: real', ' ### Answer: fake'];
  const repeated = Array.from({ length: 8 }, () => [...phrases, ...prompts, ...answers]).flat();
  const tokenizerJson = trainBpe(repeated, { vocabularySize: NANO_CONFIG.vocab_size, style: 'llama' });
  const clipTokenizerJson = trainBpe([...phrases, ...phrases, 'real', 'real', 'fake', 'fake'], {
    vocabularySize: NANO_CLIP_CONFIG.text_cfg.vocab_size,
    style: 'clip',
  });
  const [tokenizer, clipTokenizer] = [loadTokenizer(tokenizerJson), loadTokenizer(clipTokenizerJson)];
  const textConfig = { ...NANO_CLIP_CONFIG.text_cfg, vocab_size: clipTokenizer.vocabularySize };
  return {
    // The grammar is small: its merges end before the wanted size.
    config: parseDxLlavaConfig({ ...NANO_CONFIG, vocab_size: tokenizer.vocabularySize }),
    clipConfig: parseClipConfig({ ...NANO_CLIP_CONFIG, text_cfg: textConfig }),
    tokenizer,
    clipTokenizer,
    tokenizerJson,
    clipTokenizerJson,
  };
}
