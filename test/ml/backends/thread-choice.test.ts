import { describe, expect, it } from 'vitest';
import { ThreadChoice, ThreadRace, type Crew } from '../../../workers/ml/backends/simd/thread-choice.ts';

/** Runs jobs whose time is given by the crew; returns how many each crew ran. */
function race(one: ThreadRace, jobs: number, timeOf: (crew: Crew, job: number) => number): Record<Crew, number> {
  const ran = { one: 0, all: 0 };
  for (let job = 0; job < jobs; job++) {
    const crew = one.next();
    ran[crew]++;
    one.note(crew, timeOf(crew, job));
  }
  return ran;
}

/** Time that the chosen crews took, as a multiple of the better crew alone. */
const regret = (ran: Record<Crew, number>, one: number, all: number): number =>
  (ran.one * one + ran.all * all) / ((ran.one + ran.all) * Math.min(one, all));

describe('the choice between one thread and all', () => {
  it('takes all threads where two are 1.8 times as fast, at a cost below 3 %', () => {
    const ran = race(new ThreadRace(), 2000, (crew) => (crew === 'one' ? 1.8 : 1));
    expect(regret(ran, 1.8, 1)).toBeLessThan(1.03);
  });

  it('takes one thread where the second only adds waiting, at a cost below 4 %', () => {
    const ran = race(new ThreadRace(), 2000, (crew) => (crew === 'one' ? 1 : 2));
    expect(regret(ran, 1, 2)).toBeLessThan(1.04);
  });

  it('hardly ever waits for a second thread that takes fifty times as long', () => {
    const ran = race(new ThreadRace(), 4000, (crew) => (crew === 'one' ? 1 : 50));
    expect(ran.all).toBeLessThan(6);
  });

  it('follows a machine that becomes busy and quiet again', () => {
    const one = new ThreadRace();
    race(one, 500, (crew) => (crew === 'one' ? 1.8 : 1));
    expect(one.preferred).toBe('all');
    race(one, 100, (crew) => (crew === 'one' ? 2 : 4));
    expect(one.preferred).toBe('one');
    race(one, 1000, (crew) => (crew === 'one' ? 1.8 : 1));
    expect(one.preferred).toBe('all');
  });

  it('is not led astray by a rare long pause', () => {
    const one = new ThreadRace();
    const ran = race(one, 2000, (crew, job) => (job % 50 === 7 ? 500 : crew === 'one' ? 1.8 : 1));
    expect(ran.all).toBeGreaterThan(1700);
  });

  it('counts pauses that come with the second thread', () => {
    const ran = race(new ThreadRace(), 2000, (crew, job) => (crew === 'one' ? 1 : job % 3 === 0 ? 4 : 0.6));
    expect(ran.one).toBeGreaterThan(1500);
  });

  it('is made apart for each op and size', () => {
    const choice = new ThreadChoice();
    expect(choice.raceFor(1, 1e6)).toBe(choice.raceFor(1, 1.01e6));
    expect(choice.raceFor(1, 1e6)).not.toBe(choice.raceFor(1, 4e6));
    expect(choice.raceFor(1, 1e6)).not.toBe(choice.raceFor(2, 1e6));
  });
});
