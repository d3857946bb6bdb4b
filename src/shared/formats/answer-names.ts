/** Names of the written answer other than `text`: official result files, and scripts that follow newer LLaVA. */
export const TEXT_NAMES = ['response', 'outputs', 'output'] as const;
