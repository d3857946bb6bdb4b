import { describe, expect, it } from 'vitest';
import type { Label } from '../../src/shared/domain/sample.ts';
import type { DemoDomain } from '../../workers/data/demo/domains.ts';
import type { LodoCell } from '../../workers/node/experiment/lodo.ts';
import { pooledGain } from '../../workers/node/experiment/pooled.ts';
import { averageGain, lodoTable, seedRangeTable, trueClaimsTable } from '../../workers/node/experiment/table.ts';

const LABELS: Label[] = ['fake', 'fake', 'fake', 'fake', 'real', 'real', 'real', 'real'];

/** A run whose first `right` fakes are found and whose reals are all right. */
function cell(domain: DemoDomain, method: string, right: number, seed = 1, trueClaims = 0.9): LodoCell {
  const predictions = LABELS.map((label, i): Label => (label === 'fake' && i >= right ? 'real' : label));
  return { domain, method, seed, f1: 0, accuracy: 0, parsed: 1, trueClaims, labels: LABELS, predictions, steps: [] };
}

// F1 of 4, 3 and 1 found fakes of 4: 1, 6/7 and 2/5.
const CELLS = [
  cell('aster', 'SFT', 1),
  cell('birch', 'SFT', 4),
  cell('aster', 'PRPO', 4),
  cell('aster', 'PRPO', 3, 2, 0.7),
  cell('birch', 'PRPO', 4),
  cell('birch', 'PRPO', 4, 2),
  cell('aster', 'GRPO', 3),
  cell('birch', 'GRPO', 3),
];

describe('the table of an experiment', () => {
  it('has the mean over seeds in each cell and the mean over domains behind it', () => {
    const rows = lodoTable(CELLS).split('\n');
    expect(rows[0]).toBe('| held-out F1 | aster | birch | avg |');
    expect(rows[2]).toMatch(/^\| SFT \| 40\.0 \[.*\] \| 100\.0 \[.*\] \| \*\*70\.0\*\* \|$/);
    expect(rows[3]).toMatch(/^\| PRPO \| 92\.9 \[.*\] \| 100\.0 \[.*\] \| \*\*96\.4\*\* \|$/);
  });

  it('has intervals of that mean, not of the answers of all seeds in one heap', () => {
    // One seed finds every fake, the other none, whatever pictures are drawn; in one heap F1 would be 67.
    expect(lodoTable([cell('aster', 'PRPO', 4), cell('aster', 'PRPO', 0, 2)])).toContain('| PRPO | 50.0 [50.0, 50.0] |');
  });

  it('says how far the seeds lie apart', () => {
    expect(seedRangeTable(CELLS)).toContain('| SFT | 40.0 to 40.0 (1) | 100.0 to 100.0 (1) |');
    expect(seedRangeTable(CELLS)).toContain('| PRPO | 85.7 to 100.0 (2) | 100.0 to 100.0 (2) |');
  });

  it('says which share of the claims is true', () => {
    expect(trueClaimsTable(CELLS)).toContain('| PRPO | 80.0 | 90.0 |');
  });

  it('compares two methods picture by picture, domain by domain, whatever their numbers of seeds', () => {
    expect(averageGain(CELLS, 'PRPO', 'SFT')).toMatch(/^PRPO: 26\.4 \[.*\] F1 points over SFT; seeds 30.0, 22.9$/);
    expect(averageGain(CELLS, 'PRPO', 'GRPO')).toMatch(/^PRPO: 10\.7 \[.*\] F1 points over GRPO; seeds 14.3, 7.1$/);
    expect(averageGain(CELLS, 'GRPO', 'PRPO')).toMatch(/^GRPO: -10\.7 /);
  });

  it('puts two benchmarks together: each domain of each a fold, each seed on each a training', () => {
    // Gains of benchmark 6: 14.3 and 7.1; of benchmark 7: (6/7 - 2/5) / 2 = 22.9 and 0. Their mean is 11.1, sd 9.8, t(3) = 3.182.
    const second = [
      cell('aster', 'PRPO', 3),
      cell('birch', 'PRPO', 4),
      cell('aster', 'PRPO', 1, 2),
      cell('birch', 'PRPO', 4, 2),
      cell('aster', 'GRPO', 1),
      cell('birch', 'GRPO', 4),
    ];
    const line = pooledGain(
      new Map([
        [6, CELLS],
        [7, second],
      ]),
      'PRPO',
      'GRPO',
    );
    expect(line).toMatch(/^PRPO: 11\.1 \[.*\] F1 points over GRPO; trainings 14\.3, 7\.1, 22\.9, 0\.0 \(mean 11\.1 \[-4\.5, 26\.6\]\)$/);
  });
});
