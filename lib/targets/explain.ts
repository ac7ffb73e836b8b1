import { Collection } from './collection.ts';
import type { Journal, LeftOut, LookedAt, TargetKind } from './journal.ts';
import { addTarget } from './resolve.ts';
import { type ResolveOptions, toSearch } from './search.ts';
import type { TargetFailure, WarmFile, WarmSet } from './warm-set.ts';

/** What one target turned out to be. */
export interface ExplainedTarget {
  /** As it was given. */
  readonly target: string;
  /** Null for what wasn't found. */
  readonly kind: TargetKind | null;
  /** The file or directory that it was found to be; null where there is none, or more than one. */
  readonly at: string | null;
  /** A commit of the hub, or the whole name of a model of Ollama. */
  readonly revision: string | null;
  /** Places where it might have been, in the order in which they were looked at. */
  readonly looked: readonly LookedAt[];
  /** What else is worth knowing, as sentences. */
  readonly notes: readonly string[];
  /** In the order of the set. */
  readonly files: readonly { readonly file: WarmFile; readonly why: string }[];
  readonly leftOut: readonly LeftOut[];
  readonly failures: readonly TargetFailure[];
}

/** A set, and why it is what it is. */
export interface Explanation {
  readonly set: WarmSet;
  readonly targets: readonly ExplainedTarget[];
}

/**
 * As `resolveTargets`, and tells of each target what was found, why each file is in the set, and what was left out.
 *
 * @throws WarmsetError `WARMSET_BAD_TARGET` for a target that is empty or holds a zero byte.
 */
export async function explainTargets(
  targets: readonly (string | Buffer)[],
  options: ResolveOptions = {},
): Promise<Explanation> {
  const search = toSearch(options);
  const notes = new Notes();
  const found = new Collection(notes);
  for (const target of targets) {
    notes.begin(target.toString());
    await addTarget(target, found, search);
  }
  return { set: found.finish(), targets: notes.targets };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

class Notes implements Journal {
  readonly targets: Mutable<ExplainedTarget>[] = [];
  #now: Mutable<ExplainedTarget> = empty('');

  begin(target: string): void {
    this.#now = empty(target);
    this.targets.push(this.#now);
  }

  is(kind: TargetKind, at: string): void {
    this.#now.kind = kind;
    this.#now.at = at === '' ? null : at;
  }

  revision(name: string): void {
    this.#now.revision = name;
  }

  looked(place: LookedAt): void {
    this.#now.looked.push(place);
  }

  note(text: string): void {
    this.#now.notes.push(text);
  }

  took(file: WarmFile, why: string): void {
    this.#now.files.push({ file, why });
  }

  leftOut(thing: LeftOut): void {
    this.#now.leftOut.push(thing);
  }

  failed(failure: TargetFailure): void {
    this.#now.failures.push(failure);
  }
}

function empty(target: string): Mutable<ExplainedTarget> {
  return {
    target,
    kind: null,
    at: null,
    revision: null,
    looked: [],
    notes: [],
    files: [],
    leftOut: [],
    failures: [],
  };
}
