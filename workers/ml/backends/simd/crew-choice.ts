// One thread or all, for jobs that run while JavaScript goes on: there no single job has a time of its own. So stretches of work are
// judged, each against what it would have taken on one thread: JavaScript's own time, and for each job what jobs of its kind take.
// A training step is few and long stretches, so they are cut: one that turns out badly then costs milliseconds, not half a step.
import { kindOf, ThreadRace, type Crew } from './thread-choice.ts';

/** Stretches are joined until they hold this much work: shorter ones say nothing. */
const LEAST_MS = 4;
/** A stretch that holds this much is cut. Where all threads are ahead it may be longer: to cut it they have to meet. */
const CUT_MS = 20;
const CUT_AHEAD_MS = 80;
/** Weight of a new time in the mean of a kind of job, and the most that a single time counts in it. */
const WEIGHT = 0.2;
const OUTLIER = 4;

/** Decides for a stretch of work: from one moment at which nothing is under way to a later one. */
export class CrewChoice {
  readonly #race = new ThreadRace();
  /** Milliseconds a unit of work on one thread, by kind. */
  readonly #costs = new Map<number, number>();
  #crew: Crew = 'one';
  /** The next stretch, or this one, is a single job on one thread, to see what its kind takes. */
  #mustLearn = false;
  #isLearning = false;
  /** Of the stretch: work by what its jobs take on one thread, the time, and how much of that was not the engine's. */
  #expectedMs = 0;
  #elapsedMs = 0;
  #scriptMs = 0;
  #lastMark = 0;

  /** Who runs the stretch under way. */
  get crew(): Crew {
    return this.#crew;
  }

  /** Whether the stretch is long enough: the next moment at which nothing is under way should come now. */
  get isFull(): boolean {
    const isAhead = this.#crew === 'all' && this.#race.preferred === 'all';
    return this.#isLearning || this.#expectedMs >= (isAhead ? CUT_AHEAD_MS : CUT_MS);
  }

  /** Work begins, or goes on after a pause. */
  resume(now: number): void {
    this.#lastMark = now;
  }

  /** A job comes. @returns whether the stretch must end before it: nobody knows what its kind takes, so one thread has to show it */
  isNew(op: number, work: number): boolean {
    if (this.#crew === 'one' || this.#costs.has(kindOf(op, work))) return false;
    this.#mustLearn = true;
    return true;
  }

  /** JavaScript has gone on until `began`; then a job of this kind was done (one thread) or handed over (all), until `ended`. */
  noteJob(op: number, work: number, began: number, ended: number): void {
    const kind = kindOf(op, work);
    if (this.#crew === 'one') this.#learn(kind, (ended - began) / work);
    this.#expectedMs += (this.#costs.get(kind) ?? 0) * work;
    this.#scriptMs += began - this.#lastMark;
    this.#elapsedMs += ended - this.#lastMark;
    this.#lastMark = ended;
  }

  /** Nothing is under way any more: the engine took part from `began` to `ended`. May decide anew who runs what follows. */
  pause(began: number, ended: number): void {
    this.#scriptMs += began - this.#lastMark;
    this.#elapsedMs += ended - this.#lastMark;
    const isShort = this.#expectedMs < LEAST_MS;
    if (isShort && !this.#mustLearn && !this.#isLearning) return;
    if (!isShort && !this.#isLearning) this.#race.note(this.#crew, this.#elapsedMs, this.#expectedMs + this.#scriptMs);
    [this.#isLearning, this.#mustLearn] = [this.#mustLearn, false];
    this.#crew = this.#isLearning ? 'one' : this.#race.next();
    [this.#expectedMs, this.#elapsedMs, this.#scriptMs] = [0, 0, 0];
  }

  #learn(kind: number, cost: number): void {
    const mean = this.#costs.get(kind);
    this.#costs.set(kind, mean === undefined ? cost : mean + WEIGHT * (Math.min(cost, OUTLIER * mean) - mean));
  }
}
