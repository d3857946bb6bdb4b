// The rewards in words.

/** Every report names what VCR was computed with (spec/prpo.md 5.1). */
export const VCR_ENCODER = "the loaded model's own image and text encoder; not comparable with the paper's";
