// The beginning of a list of paths with the number of all: nobody reads 100,000 lines, and nothing has to hold them.

const LISTED_PATHS = 1000;

export class FirstPaths {
  /** At most 1,000. */
  readonly listed: string[] = [];
  count = 0;

  add(path: string): void {
    if (this.count < LISTED_PATHS) this.listed.push(path);
    this.count++;
  }
}
