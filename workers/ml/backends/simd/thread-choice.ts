// One thread or all? Decided for each kind of job from the times of the jobs themselves, while they run: on a machine that is busy
// with other work the second thread often only adds waiting, and whether it does depends on the size of the job. Now and then the
// crew that is not preferred has a trial, which is compared with the jobs just before it.
import { median } from '../../../../src/shared/metrics/averages.ts';

/** The two ways to run a job. */
export type Crew = 'one' | 'all';

/** Costs of the preferred crew beside which a trial is put: a machine that slows down by and by must not speak for either crew. */
const BESIDE = 5;
/** Trials remembered. */
const TRIALS = 9;
/** One cost counts at most as this many usual ones: a pause of the whole machine says nothing about threads. */
const OUTLIER = 4;
/** What trials are thought to scatter before there are several. */
const SCATTER = 0.3;
/** All threads must save this share, and so many standard errors more; fewer where they are preferred already. */
const LEAD = 0.05;
const ERRORS_TO_WIN = 1;
const ERRORS_TO_STAY = 0.5;
/** What a trial lost is made up for by this many times as long without one, also where a job waits fifty times as long as it takes. */
const PATIENCE = 80;
/** Work between two trials, as multiples of the last trial's: doubled each time, from the least again when something seems to have changed. */
const LEAST_PAUSE = 3;
const MOST_PAUSE = 32;
/** Costs that differ by this factor from those at the last trial say that the machine is another. */
const CHANGED = Math.log(3);

const otherThan = (crew: Crew): Crew => (crew === 'one' ? 'all' : 'one');

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Mean of what is usual, pauses included as far as they come often. */
function usualOf(costs: readonly number[]): number {
  const most = OUTLIER * median(costs);
  return sumOf(costs.map((cost) => Math.min(cost, most))) / costs.length;
}

/** Keeps the newest. */
function push(values: number[], value: number, most: number): void {
  values.push(value);
  if (values.length > most) values.shift();
}

/**
 * The race between the crews in one kind of job. One thread is preferred unless all are surely ahead: on a quiet machine that is clear
 * after two trials; on a busy one, where times scatter, a second thread that gains nothing is not chosen by luck.
 */
export class ThreadRace {
  #preferred: Crew = 'one';
  /** Costs of the preferred crew, newest last. */
  readonly #recent: number[] = [];
  /** For each trial, what all threads save, as a share of the usual cost: pauses weigh as much as they cost. */
  readonly #gains: number[] = [];
  /** Time of the preferred crew since the last trial, how much of it lies between two, and that as a multiple of the trial's. */
  #sinceTrial = 0;
  #pause = 0;
  #multiple = 1;
  /** Median cost at the last trial. */
  #level = 0;

  get preferred(): Crew {
    return this.#preferred;
  }

  /** Who runs the next job. */
  next(): Crew {
    const isTrialDue = this.#recent.length > 0 && this.#sinceTrial >= this.#pause;
    return isTrialDue ? otherThan(this.#preferred) : this.#preferred;
  }

  /** @param time that `work` took this crew */
  note(crew: Crew, time: number, work = 1): void {
    if (crew === this.#preferred) this.#noteUsual(time, time / work);
    else this.#noteTrial(time / work, work);
  }

  #noteUsual(time: number, cost: number): void {
    push(this.#recent, cost, BESIDE);
    this.#sinceTrial += time;
    if (this.#level === 0 || this.#recent.length < BESIDE) return;
    const usual = median(this.#recent);
    if (Math.abs(Math.log(usual / this.#level)) < CHANGED) return;
    this.#level = usual;
    this.#multiple = LEAST_PAUSE;
    this.#pause = Math.min(this.#pause, this.#sinceTrial + (LEAST_PAUSE * time * usual) / cost);
  }

  #noteTrial(cost: number, work: number): void {
    const usual = usualOf(this.#recent);
    const saved = 1 - Math.min(cost / usual, OUTLIER);
    push(this.#gains, this.#preferred === 'one' ? saved : -saved, TRIALS);
    this.#level = median(this.#recent);
    this.#sinceTrial = 0;
    this.#pause = work * Math.max(this.#multiple * usual, PATIENCE * (cost - usual));
    this.#multiple = saved > LEAD ? LEAST_PAUSE : Math.min(MOST_PAUSE, 2 * this.#multiple);
    const better = this.#better();
    if (better !== this.#preferred) this.#changeTo(better, cost, work);
  }

  #better(): Crew {
    const { length } = this.#gains;
    const mean = sumOf(this.#gains) / length;
    const squares = SCATTER ** 2 + sumOf(this.#gains.map((gain) => (gain - mean) ** 2));
    const error = Math.sqrt(squares / length / length);
    const errors = this.#preferred === 'one' ? ERRORS_TO_WIN : ERRORS_TO_STAY;
    return mean - errors * error > LEAD ? 'all' : 'one';
  }

  #changeTo(crew: Crew, cost: number, work: number): void {
    this.#preferred = crew;
    this.#recent.splice(0, Infinity, cost);
    this.#level = cost;
    this.#multiple = LEAST_PAUSE;
    this.#pause = LEAST_PAUSE * cost * work;
  }
}

/** The kind of a job: an op with a size, sizes being powers of two of work. */
export const kindOf = (op: number, work: number): number => 64 * op + Math.floor(Math.log2(work + 1));

/** The races of all kinds of jobs. */
export class ThreadChoice {
  readonly #races = new Map<number, ThreadRace>();

  /** @param work of the job, in any unit that is the same for all jobs of an op */
  raceFor(op: number, work: number): ThreadRace {
    const kind = kindOf(op, work);
    let race = this.#races.get(kind);
    if (!race) this.#races.set(kind, (race = new ThreadRace()));
    return race;
  }
}
