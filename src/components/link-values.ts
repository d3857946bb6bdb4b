// What a link asks of a page: the values of its parameters, and those that the page does not have. Pure.

/** One parameter of an address whose value has to be known. Parameters without a rule are ignored. */
export interface LinkRule {
  parameter: string;
  /** What it chooses, with its article: "the tab". */
  what: string;
  isKnown: (value: string) => boolean;
  /** Why it cannot be shown, after "which": "is not here" where nothing else is said. */
  why?: string | undefined;
  /** What is shown in its place, with its article; undefined where nothing is. */
  instead?: string | undefined;
}

/** A value of a link that this page does not have. */
export interface UnknownValue extends Omit<LinkRule, 'isKnown'> {
  /** As in the link. */
  value: string;
}

/** One of `options` by its name in an address; null where the text is none of them. */
export function oneOf<Option extends string>(options: readonly Option[], text: string | null): Option | null {
  return options.find((option) => option === text) ?? null;
}

/** Values that are there and not known, in the order of the rules. */
export function unknownValues(params: URLSearchParams, rules: readonly LinkRule[]): UnknownValue[] {
  return rules.flatMap(({ isKnown, ...rule }) => {
    const asked = new Set(params.getAll(rule.parameter));
    return [...asked].filter((value) => !isKnown(value)).map((value) => ({ ...rule, value }));
  });
}
