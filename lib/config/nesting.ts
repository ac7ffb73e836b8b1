import type { CST } from 'yaml';

/** The schema is four levels deep. */
export const DEEPEST = 16;
export const TOO_DEEP = `values are nested more than ${DEEPEST} levels deep`;

/**
 * Where something lies deeper than {@link DEEPEST}, if anything does.
 *
 * Composing recurses. At the end of the stack it throws what can be caught, unless a regular expression is compiled
 * right there: V8 then gives up on everything. So this walk, which keeps its own stack, comes first.
 */
export function findTooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({
    token,
    depth: 0,
  }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST) return 'offset' in token ? token.offset : 0;
    if (token.type === 'document' && token.value) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}
