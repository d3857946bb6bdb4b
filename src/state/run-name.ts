// Names of new runs: two runs of one name could not be told apart where they are compared.

/** The name, with a number behind it where a run has it already. */
export function freeRunName(name: string, runs: readonly { name: string }[]): string {
  const taken = new Set(runs.map((run) => run.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
  return free;
}
