import type { PolicyRule } from './types.ts';

/** What is at a rule's path, in the directory that is laid over and in the shared base. */
export interface Found {
  readonly own: 'directory' | 'other' | 'nothing';
  readonly base: 'directory' | 'other' | 'nothing';
  /** Whether one of them has the directory that the path lies in. */
  readonly parent: boolean;
  /** Whether one of them has a name that begins as the rule's `beside`. */
  readonly beside: boolean;
}

export interface Placed {
  readonly path: string;
  readonly placement: 'local' | 'seeded';
  readonly why: string;
}

/** What a rule comes to. `misfit`: it was asked for and can't be. */
export type Decision =
  | { readonly state: 'placed'; readonly placed: Placed }
  | { readonly state: 'passed' }
  | { readonly state: 'misfit'; readonly path: string; readonly why: string };

/** Pure. Defaults apply where they fit, wishes must. */
export function decide({ path, placement, why, from, beside }: PolicyRule, found: Found): Decision {
  const wished = from !== 'default';
  if (placement === 'shared') return { state: 'passed' };
  if (found.own === 'other' || found.base === 'other') {
    const where = found.own === 'other' ? 'there' : 'in the shared base';
    const what = `what is ${where} is no directory, and only a directory can be kept local`;
    return wished ? { state: 'misfit', path, why: what } : { state: 'passed' };
  }
  if (placement === 'seeded' && found.base !== 'directory') {
    return wished
      ? { state: 'misfit', path, why: 'the shared base has nothing there to copy' }
      : { state: 'passed' };
  }
  const there = found.own === 'directory' || found.base === 'directory';
  const expected = beside === undefined ? path.includes('/') && found.parent : found.beside;
  if (!wished && !there && !expected) return { state: 'passed' };
  return { state: 'placed', placed: { path, placement, why } };
}

/** Of places within each other only the outermost is needed. Pure. */
export function outermost(placed: readonly Placed[]): readonly Placed[] {
  return placed
    .filter(({ path }) => !placed.some((other) => path.startsWith(`${other.path}/`)))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
