// One demo picture by its name. Every picture has a random stream of its own, so any subset can be made in any order.
import type { ArtefactRecord, Label, Split } from '../../../src/shared/domain/sample.ts';
import { RandomStream } from '../../../src/shared/random.ts';
import { artefactRecords } from './artefacts.ts';
import { anyArtefacts, anyLook, domainLook, fakeArtefacts, realArtefacts, type DemoDomain } from './domains.ts';
import { randomPortrait, type PortraitSpec } from './spec.ts';

/** Which picture of which benchmark. Another seed is another benchmark: people, walls and artefacts all differ. */
export interface DemoKey {
  seed: number;
  domain: DemoDomain;
  split: Exclude<Split, 'none'>;
  label: Label;
  index: number;
}

/** A picture that can be drawn with `renderPortrait`, and what is wrong in it. */
export interface DemoSample {
  spec: PortraitSpec;
  artefacts: ArtefactRecord[];
}

/** A picture of the benchmark: fakes carry their domain's artefacts, reals at most one natural irregularity, both its look. */
export function demoSample({ seed, domain, split, label, index }: DemoKey): DemoSample {
  const random = RandomStream.fromText(`demo/${seed}/${domain}/${split}/${label}/${index}`);
  const spec = randomPortrait(random, domainLook(random, domain));
  spec.artefacts = label === 'fake' ? fakeArtefacts(random, domain) : realArtefacts(random);
  return { spec, artefacts: artefactRecords(spec.artefacts) };
}

/** A picture of the broad set for encoder and alignment training: any look, any artefacts, no domain, no label. */
export function broadSample(seed: number, index: number, probability = 0.45): DemoSample {
  const random = RandomStream.fromText(`broad/${seed}/${index}`);
  const spec = randomPortrait(random, anyLook(random));
  spec.artefacts = anyArtefacts(random, probability);
  return { spec, artefacts: artefactRecords(spec.artefacts) };
}
