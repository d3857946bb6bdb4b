import { describe, expect, it } from 'vitest';
import { chooseCandidate, type CandidateScore } from '../../workers/node/experiment/choice.ts';
import { algorithmOf, methodNamed } from '../../workers/node/experiment/methods.ts';

const score = (domain: CandidateScore['domain'], method: string, f1: number): CandidateScore => ({ domain, method, f1 });

const SCORES = [
  score('aster', 'PRPO@1e-4', 0.9),
  score('birch', 'PRPO@1e-4', 0.8),
  score('dahlia', 'PRPO@1e-4', 0.1),
  score('aster', 'PRPO@3e-4', 0.7),
  score('birch', 'PRPO@3e-4', 0.7),
  score('dahlia', 'PRPO@3e-4', 0.9),
  score('aster', 'GRPO@3e-4', 1),
];

describe('the setting that an algorithm gets on a held-out domain', () => {
  it('is the best of the other domains, whatever it did on the held-out one', () => {
    expect(chooseCandidate(SCORES, 'PRPO', 'dahlia')).toBe('PRPO@1e-4');
    expect(chooseCandidate(SCORES, 'PRPO', 'birch')).toBe('PRPO@3e-4');
  });

  it('is refused where only the held-out domain was scored', () => {
    expect(() => chooseCandidate(SCORES, 'GRPO', 'aster')).toThrow(/other than aster/);
  });
});

describe('the name of a method', () => {
  it('says the algorithm, the rate and what departs from the paper', () => {
    expect(methodNamed('PRPO@3e-4+finalVCRmean').config).toMatchObject({
      algorithm: 'prpo',
      optimizer: { learningRate: 3e-4 },
      reward: { finalParagraphVcr: 'mean-of-others' },
    });
    expect(methodNamed('GRPO').config).toMatchObject({ algorithm: 'grpo', reward: { finalParagraphVcr: 'own' } });
    expect(methodNamed('PRPO@3e-4+position').config).toMatchObject({ policy: { groupScope: 'position' } });
    expect(methodNamed('PRPO@1e-4+tieVcr').config).toMatchObject({ reward: { tieVote: 'vcr' } });
    expect(methodNamed('PRPO@1e-4+position+tieWorst').config).toMatchObject({ reward: { tieVote: 'vcr-worst' } });
    expect(methodNamed('PRPO@1e-4x100').config).toMatchObject({ maxSteps: 100, optimizer: { learningRate: 1e-4 } });
    expect(methodNamed('SFT').config).toBeNull();
    expect(algorithmOf('PRPO@3e-4+finalVCRmean')).toBe('PRPO');
    expect(() => methodNamed('DPO')).toThrow(/Unknown method DPO/);
  });
});
