// The prompts of the paper and of the released code (spec/prpo.md 10, spec/model.md 3). `<image>` marks the image tokens.

const ASK = 'Analyze this image for any signs of digital manipulation or artificial generation and determine if it is real or fake.';

/** Supervised fine-tuning question. */
export const SFT_PROMPT = `<image>\n${ASK} Provide your reasoning first, then conclude with a letter answer.`;

/** PRPO and GRPO prompt (parquet column of the released code); the product's default everywhere after SFT. */
export const RL_PROMPT = `<image>\n${ASK} Provide detailed step-by-step reasoning analyzing specific visual artifacts, then conclude with '### Answer: real' or '### Answer: fake'.`;
