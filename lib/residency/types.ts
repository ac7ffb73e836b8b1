import type { FileFailure } from '../errors.ts';
import type { WarmFile } from '../targets/index.ts';

/**
 * Who counted:
 * - `cachestat`: cachestat(2), checked against mincore(2) on a sample of pages;
 * - `mincore`: mincore(2), page by page;
 * - `nowait`: preadv2(2) with RWF_NOWAIT, only after a fill, for callers to whom the other two would lie.
 */
export type ResidencySource = 'cachestat' | 'mincore' | 'nowait';

export type UnknownCode =
  /** The caller neither owns the file, has CAP_FOWNER, nor may write it. */
  | 'not-permitted'
  /** The filesystem keeps no page cache that could be asked: DAX, hugetlbfs, ZFS. */
  | 'no-page-cache'
  /** Neither call is to be had for this file. */
  | 'unsupported'
  /** The file couldn't be opened or looked at. */
  | 'unreadable'
  /** The path leads to another file than when the set was resolved. */
  | 'replaced';

export interface UnknownReason {
  readonly code: UnknownCode;
  /** What is in the way, in words. */
  readonly message: string;
  /** What would make it knowable. */
  readonly remedy: string;
  /** The call that failed, with `unreadable`. */
  readonly failure?: FileFailure;
}

/** Which parts of a file are resident; of a file of which the set has parts, their pages one behind the other. */
export interface PageMap {
  /** Bytes a window; the last one may be shorter. */
  readonly windowBytes: number;
  readonly residentPages: Uint32Array;
  /** Pages by window that aren't holes; absent where the file has none. */
  readonly dataPages?: Uint32Array;
}

interface Measured {
  readonly file: WarmFile;
  /** Bytes now; may differ from when the set was resolved. Of a file of which the set has parts: of the pages they touch. */
  readonly size: number;
  readonly pages: number;
}

export interface KnownResidency extends Measured {
  readonly state: 'known';
  readonly source: ResidencySource;
  /** Pages that are in the cache and up to date, of `pages`. */
  readonly residentPages: number;
  readonly residentBytes: number;
  /** Pages changed and not yet written: eviction can't take them. Null where the source doesn't tell. */
  readonly dirtyPages: number | null;
  /** Pages that were taken away so lately that they would have stayed in a little more memory. Null where not told. */
  readonly recentlyEvictedPages: number | null;
  /** With the `map` option. */
  readonly pageMap?: PageMap;
}

export interface UnknownResidency extends Measured {
  readonly state: 'unknown';
  readonly reason: UnknownReason;
}

/** Never 0 % and never 100 % for want of knowledge: then it is `unknown`, with the reason. */
export type FileResidency = KnownResidency | UnknownResidency;

export interface ResidencyTotal {
  readonly files: number;
  readonly size: number;
  /** Of the known files. */
  readonly residentBytes: number;
  readonly unknownFiles: number;
  /** Resident pages / pages over the known files; null when nothing is known, or nothing has pages. */
  readonly cacheHitRatio: number | null;
}

export interface ResidencyReport {
  readonly files: readonly FileResidency[];
  readonly total: ResidencyTotal;
}
