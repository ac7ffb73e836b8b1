import type { FileFailure } from '../errors.ts';
import type { WarmFile } from '../targets/index.ts';

/** Cached bytes in folios of one size. */
export interface FolioBytes {
  /** Of one folio: a power of two of pages. */
  readonly folioBytes: number;
  /** Cached in such folios, in the sample; the file's last page counts whole. */
  readonly bytes: number;
}

interface Sampled {
  readonly file: WarmFile;
  /** How much of the file was looked at, 0 to 1. */
  readonly sampledShare: number;
}

/** Counted by the kernel's own flags of each page. */
export interface CountedFolios extends Sampled {
  readonly state: 'counted';
  readonly source: 'kpageflags';
  /** Smallest folios first; empty where nothing is cached in the sample. */
  readonly folios: readonly FolioBytes[];
}

/** Told from how long cachestat(2) takes, which goes with the number of folios. */
export interface EstimatedFolios extends Sampled {
  readonly state: 'estimated';
  readonly source: 'cachestat-timing';
  /**
   * - `large`: nearly everything lies in folios of eight pages and more, on average;
   * - `small`: nearly everything lies in single pages, or close to it;
   * - `mixed`: neither.
   */
  readonly verdict: 'large' | 'small' | 'mixed';
  /** How it was told, in words. */
  readonly method: string;
}

export type UnknownFoliosCode =
  /** The caller may neither read the kernel's flags nor ask about this file's pages. */
  | 'not-permitted'
  /** The filesystem keeps no page cache: DAX, hugetlbfs, ZFS. */
  | 'no-page-cache'
  /** Without the kernel's flags nothing can be told on a stacked filesystem. */
  | 'stacked'
  /** Without the kernel's flags nothing can be told from so few cached pages. */
  | 'too-few-pages'
  /** Neither way works on this kernel or in this sandbox. */
  | 'unsupported'
  /** Every page that was found went away before its folio was known. */
  | 'changing'
  /** The file couldn't be opened or looked at. */
  | 'unreadable'
  /** The path leads to another file than when the set was resolved. */
  | 'replaced';

export interface UnknownFolios {
  readonly file: WarmFile;
  readonly state: 'unknown';
  readonly reason: {
    readonly code: UnknownFoliosCode;
    /** What is in the way, in words. */
    readonly message: string;
    /** What would make it knowable. */
    readonly remedy: string;
    /** The call that failed, with `unreadable`. */
    readonly failure?: FileFailure;
  };
}

/** How the cached pages of a file are laid out. What can't be known is `unknown`, never a guess. */
export type FolioLayout = CountedFolios | EstimatedFolios | UnknownFolios;
