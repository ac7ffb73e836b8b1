import type { TargetFailure, WarmFile } from './warm-set.ts';

/** What a target turned out to be. */
export type TargetKind =
  | 'file'
  | 'directory'
  | 'glob'
  | 'gguf'
  | 'model-directory'
  | 'tensorrt-llm-engine'
  | 'hub'
  | 'ollama'
  | 'llama'
  | 'compile-caches'
  | 'python';

/** A place that was looked at. */
export interface LookedAt {
  readonly path: string;
  /** What named it: `$HF_HOME`, `default`. */
  readonly from: string;
  readonly there: boolean;
}

/** Something that was found and isn't in the set. A directory stands for everything below it. */
export interface LeftOut {
  readonly path: string;
  /** Bytes; null where nobody looked. */
  readonly size: number | null;
  readonly why: string;
}

/** Hears what becomes of a target while it is resolved. */
export interface Journal {
  is(kind: TargetKind, at: string): void;
  /** A commit or a tag. */
  revision(name: string): void;
  looked(place: LookedAt): void;
  note(text: string): void;
  took(file: WarmFile, why: string): void;
  leftOut(thing: LeftOut): void;
  failed(failure: TargetFailure): void;
}
