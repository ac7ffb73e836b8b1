import type { LimitName } from '../../budget/index.ts';
import type { FilesystemKind } from '../../host/index.ts';
import type { RecognisedServer } from '../types.ts';

/** What is known before a fill beside a starting server begins. Sizes in bytes, `null`: couldn't be told. */
export interface FillFacts {
  /** `null` when the command line is of no server that is known. */
  readonly recognised: RecognisedServer | null;
  /** Of the whole warm set. */
  readonly setBytes: number;
  /** Of it, resident now. */
  readonly residentBytes: number | null;
  /**
   * Of it, what isn't weights: configuration, tokenizer, compile caches, Python. Given, the advice for a server that
   * needs no help with its weights may be to fill just these.
   *
   * @default null: the files' roles are unknown
   */
  readonly otherBytes?: number | null | undefined;
  /** Ceiling on the resident bytes of the whole set, and the limit that set it. */
  readonly budget: { readonly allowed: number; readonly binding: LimitName | 'unknown' };
  /** What says that the GPU shares the memory ({@link unifiedMemoryEvidence}); `null` when nothing does. */
  readonly unifiedMemory: string | null;
  /** Bytes per second that the source gives a sequential reader while nobody else reads. */
  readonly sourceBytesPerSecond: number | null;
  /** From the server's start to its loader's first read, as far as known, in milliseconds. @default by server */
  readonly headStartMs?: number | null | undefined;
  /** Most of the set's bytes lie on a filesystem of this kind. */
  readonly filesystem: FilesystemKind;
  /** Its name, such as `nfs4`. @default unknown */
  readonly filesystemName?: string | null | undefined;
  /** Do it although it looks useless or harmful. @default false */
  readonly force?: boolean | undefined;
}

/**
 * How to fill beside a server that starts, from most to least: `ahead` of its loader through the whole set, in a `window`
 * just ahead of it, as sequential `read-ahead` beside it, or `nothing`.
 */
export type FillHow = 'ahead' | 'window' | 'read-ahead' | 'nothing';

export type ReasonCode =
  | 'no-set'
  | 'warm-already'
  | 'in-memory'
  | 'unified-memory'
  | 'bypassed'
  | 'prefetches'
  | 'no-budget'
  | 'over-budget'
  | 'slow-source'
  | 'doubtful'
  | 'drops'
  | 'prefetches-later'
  | 'forced'
  | 'fits';

export interface Reason {
  readonly code: ReasonCode;
  /** One or two sentences: what is so, and what a person can do about it. */
  readonly text: string;
}

export interface Advice {
  readonly how: FillHow;
  /** `small`: only what isn't weights. Always `all` where {@link FillFacts.otherBytes} wasn't given. */
  readonly what: 'all' | 'small';
  /** The server fills the cache by itself once it loads: two at once compete, so the fill ends at its first read. */
  readonly untilFirstRead: boolean;
  /** Never empty; what decided comes first. */
  readonly reasons: readonly Reason[];
}
