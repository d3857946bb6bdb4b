// One thread or all, for jobs that run while JavaScript goes on: there no single job has a time of its own. So stretches of work are
// judged, each against what it would have taken on one thread: JavaScript's own time, and for each job what jobs of its kind take.
import { ThreadRace, type Crew } from './thread-choice.ts';

/** Stretches are joined until they hold this much work: shorter ones say nothing. */
const LEAST_MS = 1;
/** Weight of a new time in the mean of a kind of job, and the most that a single time counts in it. */
const WEIGHT = 0.2;
const OUTLIER = 4;

/** Decides for a stretch of work: from one moment at which nothing is under way to a later one. */
export class CrewChoice {
  readonly #race = new ThreadRace();
  /** Milliseconds a unit of work on one thread, by kind. */
  readonly #costs = new Map<number, number>();
  /** Kinds without a cost were met with all threads: the next stretch must be one thread's. */
  #mustLearn = true;
  #crew: Crew = 'one';
  /** Of the stretch: work by what its jobs take on one thread, the time, and how much of that was not the engine's. */
  #expectedMs = 0;
  #elapsedMs = 0;
  #scriptMs = 0;
  #unknown = false;
  #lastMark = 0;

  /** Who runs the stretch under way. */
  get crew(): Crew {
    return this.#crew;
  }

  /** Work begins, or goes on after a pause. */
  resume(now: number): void {
    this.#lastMark = now;
  }

  /** JavaScript has gone on until `began`; then a job of this kind was done (one thread) or handed over (all), until `ended`. */
  noteJob(op: number, work: number, began: number, ended: number): void {
    const kind = 64 * op + Math.floor(Math.log2(work + 1));
    if (this.#crew === 'one') this.#learn(kind, (ended - began) / work);
    const cost = this.#costs.get(kind);
    if (cost === undefined) this.#unknown = true;
    else this.#expectedMs += cost * work;
    this.#scriptMs += began - this.#lastMark;
    this.#elapsedMs += ended - this.#lastMark;
    this.#lastMark = ended;
  }

  /** Nothing is under way any more: the engine took part from `began` to `ended`. May decide anew who runs what follows. */
  pause(began: number, ended: number): void {
    this.#scriptMs += began - this.#lastMark;
    this.#elapsedMs += ended - this.#lastMark;
    if (this.#unknown) this.#mustLearn = true;
    else if (this.#expectedMs < LEAST_MS) return;
    else this.#race.note(this.#crew, this.#elapsedMs / (this.#expectedMs + this.#scriptMs));
    this.#crew = this.#mustLearn ? 'one' : this.#race.next();
    this.#mustLearn = false;
    [this.#expectedMs, this.#elapsedMs, this.#scriptMs, this.#unknown] = [0, 0, 0, false];
  }

  #learn(kind: number, cost: number): void {
    const mean = this.#costs.get(kind);
    this.#costs.set(kind, mean === undefined ? cost : mean + WEIGHT * (Math.min(cost, OUTLIER * mean) - mean));
  }
}
