import type { ServerKind } from '../../server-kind.ts';
import type { PhaseName } from './types.ts';

/**
 * How well a number is known; a better one replaces all worse ones. `bar`: a progress bar's own clock, `stamps`:
 * between two lines, `parts`: the sum of several lines, `said`: one line says it, `whole`: the server's own summary.
 */
export type Grade = 'bar' | 'stamps' | 'parts' | 'said' | 'whole';

/** What a line tells. Patterns are matched against the text from the rule's needle on. */
export type Tells =
  /** The latest such line before the server begins is the first of its start. */
  | { readonly tells: 'import' }
  /** The server starts. `always`: also in the middle of another start; else only behind one that got ready. */
  | { readonly tells: 'begin'; readonly again: 'always' | 'after-ready' }
  | { readonly tells: 'version'; readonly pattern: RegExp }
  | { readonly tells: 'seconds'; readonly phase: PhaseName; readonly grade: Grade; readonly pattern: RegExp }
  /** The seconds are the sum of every number that the pattern, a global one, finds. */
  | { readonly tells: 'sum'; readonly phase: PhaseName; readonly grade: Grade; readonly pattern: RegExp }
  | { readonly tells: 'from'; readonly phase: PhaseName }
  /** `again`: the phase goes on until the last such line. */
  | { readonly tells: 'to'; readonly phase: PhaseName; readonly again?: boolean }
  | {
      readonly tells: 'bytes';
      readonly of: 'model' | 'kv-cache';
      /** Where several lines say it: the largest of the ranks, their sum over devices, or the latest. */
      readonly several: 'largest' | 'sum' | 'latest';
      /** Group 1 is a number, group 2 its unit. A global pattern's findings are added up. */
      readonly pattern: RegExp;
      /** Counts only where nothing better is said. */
      readonly fallback?: boolean;
    }
  /** This start counts one phase in another, as other versions of the server don't. */
  | { readonly tells: 'contains'; readonly outer: PhaseName; readonly inner: PhaseName }
  | { readonly tells: 'compile-cache'; readonly state: 'hit' | 'miss' }
  /** Nothing but when it was: the first stamped line, of a server whose first lines have no stamp. */
  | { readonly tells: 'stamp' }
  | { readonly tells: 'ready' };

export interface Rule {
  /** Literal text that the line holds. */
  readonly needle: string;
  readonly tells: readonly Tells[];
  /** The line counts only where it holds this, too. */
  readonly needs?: string;
  /** The line doesn't count where it holds this, too. */
  readonly unless?: string;
}

/** How one kind of server writes its log. */
export interface Dialect {
  readonly server: ServerKind;
  /** Each proves by itself that the line is this server's. */
  readonly proofs: readonly string[];
  readonly rules: readonly Rule[];
  /** Where a start counts from: the first line that is known to be the server's, or only the line that begins it. */
  readonly startsAt?: 'first-line' | 'begin';
  /** The phase that each is a part of, where that one is told of at all. */
  readonly within: Readonly<Partial<Record<PhaseName, readonly PhaseName[]>>>;
}

export const READY: Tells = { tells: 'ready' };

export function seconds(phase: PhaseName, pattern: RegExp, grade: Grade = 'said'): Tells {
  return { tells: 'seconds', phase, grade, pattern };
}

export function from(phase: PhaseName): Tells {
  return { tells: 'from', phase };
}

/** Numbers that a hostile line may hold are read this far behind the needle. Characters. */
export const READ_ON = 1200;

export function to(phase: PhaseName): Tells {
  return { tells: 'to', phase };
}
