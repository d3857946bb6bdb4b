// How well a single property of the files tells fake from real. Each guess is made with a rule fitted on the other half of the
// images, so that a property with many values gets no credit for memorising; exact copies are always in the same half.
import type { ShortcutFinding } from '../../../src/shared/domain/health.ts';
import type { Label, SampleRecord } from '../../../src/shared/domain/sample.ts';
import { wilsonInterval } from '../../../src/shared/metrics/proportion.ts';

/** Fewer labelled images than this in a half say nothing. */
const FEWEST_PER_HALF = 10;
/** The lower end of the interval must be this much above the baseline. */
const SOME = 0.02;
const STRONG = 0.1;

interface Property {
  name: string;
  words: string;
  /** undefined = not known of this sample. Numbers get a threshold, texts a guess per value. */
  of: (sample: SampleRecord) => string | number | undefined;
  show?: (value: number) => string;
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

const PROPERTIES: readonly Property[] = [
  { name: 'format', words: 'the file format', of: ({ format }) => format },
  { name: 'dimensions', words: 'width and height', of: ({ width, height }) => `${width} × ${height}` },
  { name: 'pixels', words: 'the number of pixels', of: ({ width, height }) => width * height, show: (value) => `${value} pixels` },
  { name: 'bytes', words: 'the size of the file', of: ({ sizeBytes }) => sizeBytes, show: kilobytes },
  {
    name: 'bytes-per-pixel',
    words: 'bytes per pixel',
    of: ({ sizeBytes, width, height }) => sizeBytes / (width * height),
    show: (value) => `${value.toFixed(3)} bytes per pixel`,
  },
  { name: 'exif', words: 'whether the file has EXIF', of: ({ checks }) => checks && (checks.hasExif ? 'EXIF' : 'no EXIF') },
  {
    name: 'alpha',
    words: 'whether the file has an alpha channel',
    of: ({ checks }) => (checks?.hasAlpha === undefined ? undefined : checks.hasAlpha ? 'alpha channel' : 'no alpha channel'),
  },
  {
    name: 'jpeg-quality',
    words: 'the JPEG quality',
    of: ({ checks }) => checks && (checks.jpegQuality === null ? 'no JPEG' : `quality ${checks.jpegQuality}`),
  },
  { name: 'chroma', words: 'the JPEG chroma subsampling', of: ({ checks }) => checks && (checks.chroma ?? 'no JPEG') },
];

interface Observation {
  value: string | number;
  isFake: boolean;
  half: 0 | 1;
}

/** A fitted rule: a guess for every value, and itself in words. */
interface Rule {
  guess: (value: string | number) => boolean;
  words: string;
}

/** One finding per property that is known and has more than one value, the most telling first. */
export function auditShortcuts(samples: readonly SampleRecord[]): ShortcutFinding[] {
  const findings = PROPERTIES.flatMap((property) => audit(property, samples) ?? []);
  return findings.sort((a, b) => b.low - b.baseline - (a.low - a.baseline));
}

function audit(property: Property, samples: readonly SampleRecord[]): ShortcutFinding | null {
  const observations = samples.flatMap((sample) => observe(property, sample) ?? []);
  const halves = [0, 1].map((half) => observations.filter((one) => one.half === half));
  if (halves.some((half) => half.length < FEWEST_PER_HALF) || new Set(observations.map(({ value }) => value)).size < 2) return null;
  const right = halves.reduce((sum, half, i) => {
    const rule = fit(property, halves[1 - i] ?? []);
    return sum + half.filter(({ value, isFake }) => rule.guess(value) === isFake).length;
  }, 0);
  const count = observations.length;
  const fakes = observations.filter(({ isFake }) => isFake).length;
  const baseline = Math.max(fakes, count - fakes) / count;
  const interval = wilsonInterval(right, count) ?? { low: 0, high: 1 };
  const lead = interval.low - baseline;
  const { name, words } = property;
  const level = lead > STRONG ? 'strong' : lead > SOME ? 'some' : 'none';
  return { property: name, words, count, accuracy: right / count, ...interval, baseline, rule: fit(property, observations).words, level };
}

function observe(property: Property, sample: SampleRecord): Observation | null {
  const value = property.of(sample);
  if (value === undefined || sample.label === null) return null;
  const half = Number.parseInt(sample.sha256.slice(-1), 16) % 2 === 0 ? 0 : 1;
  return { value, isFake: isFake(sample.label), half };
}

const isFake = (label: Label): boolean => label === 'fake';

function fit(property: Property, observations: readonly Observation[]): Rule {
  return typeof observations[0]?.value === 'number' ? fitThreshold(property, observations) : fitValues(observations);
}

/** Values named in a rule's words. */
const NAMED_VALUES = 3;

/** The commoner label of each value; of a value that was not seen, the commoner label of all. */
function fitValues(observations: readonly Observation[]): Rule {
  const tallies = new Map<string | number, { fake: number; real: number }>();
  for (const { value, isFake } of observations) {
    const tally = tallies.get(value) ?? { fake: 0, real: 0 };
    tally[isFake ? 'fake' : 'real']++;
    tallies.set(value, tally);
  }
  const commoner = observations.filter(({ isFake }) => isFake).length * 2 > observations.length;
  const guess = (value: string | number) => {
    const tally = tallies.get(value);
    return tally && tally.fake !== tally.real ? tally.fake > tally.real : commoner;
  };
  const largest = [...tallies].sort(([, a], [, b]) => b.fake + b.real - (a.fake + a.real)).slice(0, NAMED_VALUES);
  const words = largest.map(([value, { fake, real }]) => `${value}: ${fake} fake, ${real} real`).join('; ');
  return { guess, words: tallies.size > NAMED_VALUES ? `${words}; and ${tallies.size - NAMED_VALUES} more values` : words };
}

/** The threshold and direction with the most right guesses. */
function fitThreshold({ show = String }: Property, observations: readonly Observation[]): Rule {
  const sorted = observations.toSorted((a, b) => Number(a.value) - Number(b.value));
  const fakes = sorted.filter(({ isFake }) => isFake).length;
  // Right guesses of "fake above": real ones up to the threshold and fake ones beyond it.
  let best = { right: Math.max(fakes, sorted.length - fakes), threshold: -Infinity, isFakeAbove: fakes * 2 >= sorted.length };
  let rightIfFakeAbove = fakes;
  for (const [i, { value, isFake }] of sorted.entries()) {
    rightIfFakeAbove += isFake ? -1 : 1;
    const next = sorted[i + 1]?.value;
    if (next === value) continue;
    const threshold = next === undefined ? Infinity : (Number(value) + Number(next)) / 2;
    for (const [right, isFakeAbove] of [
      [rightIfFakeAbove, true],
      [sorted.length - rightIfFakeAbove, false],
    ] as const)
      if (right > best.right) best = { right, threshold, isFakeAbove };
  }
  const { threshold, isFakeAbove } = best;
  const words = Number.isFinite(threshold) ? `fake ${isFakeAbove ? 'above' : 'below'} ${show(threshold)}` : 'no threshold helps';
  return { guess: (value) => Number(value) > threshold === isFakeAbove, words };
}
