import type { VerbShape } from './describe.ts';

/** A verb, or a word behind which verbs follow. */
export interface Branch {
  readonly name: string;
  readonly summary: string;
  /** Empty where it is a verb itself. */
  readonly below: readonly { readonly name: string; readonly summary: string }[];
}

/** The first words, each with what may follow it. Pure. */
export function branchesOf(
  verbs: readonly VerbShape[],
  summaries: Readonly<Record<string, string>>,
): readonly Branch[] {
  const names = [...new Set(verbs.map(({ words }) => words[0] ?? ''))];
  return names.map((name) => {
    const own = verbs.filter(({ words }) => words[0] === name);
    const below = own.flatMap(({ words, summary }) => {
      const second = words[1];
      return second === undefined ? [] : [{ name: second, summary }];
    });
    return { name, summary: summaries[name] ?? own[0]?.summary ?? '', below };
  });
}
