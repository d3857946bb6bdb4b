// One thread or all? Decided for each kind of job from the times of the jobs themselves, while they run: on a machine that is busy
// with other work the second thread often only adds waiting, and whether it does depends on the size of the job.

/** The two ways to run a job. */
export type Crew = 'one' | 'all';

/** Weight of a new time in the running mean. */
const WEIGHT = 0.2;
/** A single time counts at most this much more than the mean: a pause of the whole machine says nothing about threads. */
const OUTLIER = 4;
/** Times of each crew before one is preferred. */
const FIRST_TIMES = 3;
/** The preferred crew changes when the other is faster by this factor. */
const MARGIN = 0.95;
/** Jobs between two trials of the other crew: few after a close race, many (1.5 % of the time at worst) after a clear one. */
const SPACING = { least: 4, most: 64 };

const otherThan = (crew: Crew): Crew => (crew === 'one' ? 'all' : 'one');

/** The race between the crews in one kind of job. */
export class ThreadRace {
  readonly #means = { one: 0, all: 0 };
  readonly #times = { one: 0, all: 0 };
  #preferred: Crew = 'all';
  #spacing = SPACING.least;
  #untilTrial = SPACING.least;

  get preferred(): Crew {
    return this.#preferred;
  }

  /** Who runs the next job. */
  next(): Crew {
    const other = otherThan(this.#preferred);
    if (this.#times.one < FIRST_TIMES || this.#times.all < FIRST_TIMES) return this.#times.one < this.#times.all ? 'one' : 'all';
    if (--this.#untilTrial > 0) return this.#preferred;
    this.#untilTrial = this.#spacing;
    return other;
  }

  /** @param cost time a unit of work */
  note(crew: Crew, cost: number): void {
    const mean = this.#means[crew];
    this.#means[crew] = this.#times[crew] === 0 ? cost : mean + WEIGHT * (Math.min(cost, OUTLIER * mean) - mean);
    this.#times[crew]++;
    if (this.#times.one < FIRST_TIMES || this.#times.all < FIRST_TIMES) return;
    const other = otherThan(this.#preferred);
    if (crew === other) this.#spacing = cost < this.#means[this.#preferred] ? SPACING.least : Math.min(2 * this.#spacing, SPACING.most);
    if (this.#means[other] >= MARGIN * this.#means[this.#preferred]) return;
    this.#preferred = other;
    this.#spacing = SPACING.least;
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
