// What is unusual about rows that are kept, counted by kind with the first line numbers.
import type { ImportProblem } from '../domain/sample.ts';

/** Notes of the same kind are one problem that counts them and names the first lines. */
export class LineTally {
  readonly #places = new Map<string, { reason: string; places: string[] }>();

  /** @param unit what the number of a place counts */
  constructor(private readonly unit: 'line' | 'row' = 'line') {}

  add(code: string, place: string, reason: string): void {
    const known = this.#places.get(code);
    if (known) known.places.push(place);
    else this.#places.set(code, { reason, places: [place] });
  }

  problems(): ImportProblem[] {
    return [...this.#places].map(([code, { reason, places }]) => {
      const lines = places.slice(0, 5).map((place) => place.slice(place.lastIndexOf('#') + 1));
      const where = `${lines.join(', ')}${places.length > lines.length ? ', …' : ''}`;
      const count = places.length === 1 ? '1 row' : `${places.length} rows`;
      return {
        code,
        path: places[0] ?? '',
        reason: `${reason} ${count}: ${this.unit === 'line' ? 'line ' : 'number '}${where}.`,
        action: 'kept',
      };
    });
  }
}
