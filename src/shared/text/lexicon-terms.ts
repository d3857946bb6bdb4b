// The word lists of the consistency vote (prpo.md 5.2). Exact scores depend on every entry and on its spelling.

/** A match's weight goes to the other side when one of these stands within the 80 characters before it. */
export const NEGATORS: readonly string[] = [
  'no', 'not', 'without', 'lack of', 'absence of', 'lacks', 'lacking', 'neither', "doesn't", "isn't", "aren't", "can't", "won't",
  'never', 'none', 'missing',
]; // prettier-ignore

export const REAL_TERMS: readonly string[] = [
  'real', 'authentic', 'genuine', 'unmanipulated', 'photograph', 'original', 'natural', 'realistic', 'plausible', 'typical',
  'normal', 'expected', 'appropriate', 'consistent', 'coherent', 'anatomically', 'well-defined', 'aligned', 'properly',
  'correctly', 'pores', 'micro-variations', 'subtle variations', 'specular highlight', 'catchlight', 'depth of field',
  '3d appearance', 'underlying bone', 'muscle structure', 'asymmetry', 'lack of artifacts', 'absence of artifacts',
  'no artifacts', 'no manipulation',
]; // prettier-ignore

export const FAKE_TERMS: readonly string[] = [
  'fake', 'manipulated', 'manipulation', 'deepfake', 'synthetic', 'generated', 'artificial', 'composite', 'artifact', 'artifacts',
  'anomaly', 'anomalies', 'inconsistent', 'inconsistencies', 'unnatural', 'uniform', 'overly smooth', 'plastic-like',
  'pixelation', 'smudging', 'distortion', 'blending', 'seams', 'glitches', 'warping', 'incorrect', 'missing', 'misaligned',
  'rigid',
]; // prettier-ignore
