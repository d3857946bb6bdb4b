// One thread or all? Decided for each kind of job from the times of the jobs themselves, while they run: on a machine that is busy
// with other work the second thread often only adds waiting, and whether it does depends on the size of the job.

/** The two ways to run a job. */
export type Crew = 'one' | 'all';

/** Weight of a new time in the running mean. */
const WEIGHT = 0.2;
/** A single time counts at most this much more than the mean: a pause of the whole machine says nothing about threads. */
const OUTLIER = 4;
/** Times of each crew before one is preferred. */
const FIRST_TIMES = 2;
/** The preferred crew changes when the other is faster by this factor. */
const MARGIN = 0.95;
/**
 * What a trial of the other crew lost is made up for by this many times as long without one: trials cost 2.5 % at most, also where a
 * busy machine lets a job wait for a second thread fifty times as long as it takes.
 */
const PATIENCE = 40;
/** Jobs between two trials at least. */
const LEAST_PAUSE = 4;

const otherThan = (crew: Crew): Crew => (crew === 'one' ? 'all' : 'one');

/** The race between the crews in one kind of job. */
export class ThreadRace {
  readonly #means = { one: 0, all: 0 };
  readonly #times = { one: 0, all: 0 };
  #preferred: Crew = 'all';
  /** Time of the preferred crew since the last trial, and how much of it lies between two trials. */
  #sinceTrial = 0;
  #pause = 0;

  get preferred(): Crew {
    return this.#preferred;
  }

  /** Who runs the next job. */
  next(): Crew {
    if (this.#times.one < FIRST_TIMES || this.#times.all < FIRST_TIMES) return this.#times.one < this.#times.all ? 'one' : 'all';
    return this.#sinceTrial < this.#pause ? this.#preferred : otherThan(this.#preferred);
  }

  /** @param cost time a unit of work */
  note(crew: Crew, cost: number): void {
    const mean = this.#means[crew];
    this.#means[crew] = this.#times[crew] === 0 ? cost : mean + WEIGHT * (Math.min(cost, OUTLIER * mean) - mean);
    this.#times[crew]++;
    if (this.#times.one < FIRST_TIMES || this.#times.all < FIRST_TIMES) return;
    if (crew === this.#preferred) this.#sinceTrial += cost;
    else this.#pauseAfter(cost);
    const other = otherThan(this.#preferred);
    if (this.#means[other] < MARGIN * this.#means[this.#preferred]) this.#preferred = other;
  }

  #pauseAfter(cost: number): void {
    const usual = this.#means[this.#preferred];
    this.#pause = Math.max(LEAST_PAUSE * usual, PATIENCE * (cost - usual));
    this.#sinceTrial = 0;
  }
}

/** The races of all kinds of jobs: a kind is an op with a size, sizes being powers of two of work. */
export class ThreadChoice {
  readonly #races = new Map<number, ThreadRace>();

  /** @param work of the job, in any unit that is the same for all jobs of an op */
  raceFor(op: number, work: number): ThreadRace {
    const kind = 64 * op + Math.floor(Math.log2(work + 1));
    let race = this.#races.get(kind);
    if (!race) this.#races.set(kind, (race = new ThreadRace()));
    return race;
  }
}
