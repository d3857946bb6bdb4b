// Ids that stand for something else than a vocabulary entry (LLaVA's constants).

/** Stands for the image in `inputIds`; the model replaces it with the vision tokens. */
export const IMAGE_TOKEN_ID = -200;

/** A label that the loss ignores. */
export const IGNORE_LABEL = -100;

/** The image's placeholder in prompts. */
export const IMAGE_PLACEHOLDER = '<image>';
