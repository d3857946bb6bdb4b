import { describe, expect, it } from 'vitest';
import { CrewChoice } from '../../../workers/ml/backends/simd/crew-choice.ts';

/** Milliseconds on one thread of the jobs that run before somebody needs their results. */
type Stretch = readonly number[];

/** A training step: few long stretches, and short ones between. */
const STEP: readonly Stretch[] = [[0.2], Array<number>(100).fill(1.5), [0.1, 0.3], Array<number>(200).fill(1.5), [1]];

/** Steps on a clock of its own, the script taking a hundredth of the work. @returns milliseconds, and those on one thread */
function run(crews: CrewChoice, steps: number, speedUp: () => number): { ms: number; alone: number } {
  let [now, alone] = [0, 0];
  /** Work handed over that is not done. */
  let open = 0;
  const meet = (): void => {
    const began = now;
    now += open / speedUp();
    open = 0;
    crews.pause(began, now);
  };
  for (const stretch of Array.from({ length: steps }, () => STEP).flat()) {
    crews.resume(now);
    for (const work of stretch) {
      now += work / 100;
      if (crews.isNew(1, 1000 * work)) {
        meet();
        crews.resume(now);
      }
      const began = now;
      if (crews.crew === 'one') now += work;
      else open += work;
      crews.noteJob(1, 1000 * work, began, now);
      if (crews.isFull) {
        meet();
        crews.resume(now);
      }
      alone += 1.01 * work;
    }
    meet();
  }
  return { ms: now, alone };
}

/** Scatters around 1 by up to a factor of three, always in the same order. */
function scatter(): () => number {
  let i = 0;
  return () => 3 ** Math.sin(++i * 12.9898);
}

describe('the choice for work that runs while JavaScript goes on', () => {
  it('takes all threads from the second step on, at a cost below 4 %, where they are 1.7 times as fast', () => {
    const crews = new CrewChoice();
    run(crews, 1, () => 1.7);
    const { ms, alone } = run(crews, 20, () => 1.7);
    expect(alone / ms).toBeGreaterThan(1.7 * 0.96);
  });

  it('has a slow second thread cost less than 3 % of a run, its first step included', () => {
    for (const speed of [0.9, 0.7, 0.5, 0.2]) {
      const { ms, alone } = run(new CrewChoice(), 20, () => speed);
      expect(alone / ms, `${speed} times as fast`).toBeGreaterThan(0.97);
    }
  });

  it('loses less than 5 % to luck where a second thread is ahead now and then, and on the whole takes half as long again', () => {
    const luck = scatter();
    const { ms, alone } = run(new CrewChoice(), 40, () => 0.85 * luck());
    expect(alone / ms).toBeGreaterThan(0.95);
  });

  it('notices within a few steps that the machine has become busy, and that it is quiet again', () => {
    const crews = new CrewChoice();
    run(crews, 5, () => 1.7);
    run(crews, 4, () => 0.5);
    const busy = run(crews, 10, () => 0.5);
    expect(busy.alone / busy.ms).toBeGreaterThan(0.97);
    run(crews, 6, () => 1.7);
    const quiet = run(crews, 10, () => 1.7);
    expect(quiet.alone / quiet.ms).toBeGreaterThan(1.6);
  });
});
