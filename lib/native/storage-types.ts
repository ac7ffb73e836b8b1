/** What the addon tells of filesystems and what lies on them. */
import type { RawFailure, RawPath } from './addon-types.ts';

/** statfs(2); bytes, and whether xfs shares extents. */
export interface RawFilesystem {
  readonly magic: number;
  readonly total: number;
  readonly free: number;
  readonly available: number;
  /** 0: made as they are needed. */
  readonly inodes: number;
  readonly freeInodes: number;
  /** Asked of xfs alone; null elsewhere. */
  readonly reflinks: boolean | null;
}

/** What takes up space in a directory, one place an entry; symbolic links aren't followed. */
export interface RawInventoryColumns {
  /** f_type of statfs(2). */
  readonly filesystem: number;
  readonly names: readonly Buffer[];
  /** lib/native/storage.ts knows their order. */
  readonly kinds: Uint8Array;
  /** Triples: size, allocated bytes, links. */
  readonly numbers: Float64Array;
  /** A pair, dev and ino of the directory; then triples: dev, ino, modifiedNs. */
  readonly identities: BigUint64Array;
  /** Of those files that share data, or may. Ranges are pairs: physical offset, length. */
  readonly shared: readonly {
    readonly index: number;
    readonly known: boolean;
    readonly ranges: Float64Array;
  }[];
  readonly errors: readonly (RawFailure & { readonly index: number })[];
}

export interface RawQuietRead {
  readonly bytes: Buffer;
  /** Pages left in the cache; null where mincore doesn't say. */
  readonly left: number | null;
}

/** lstat(2), and where a link leads. */
export interface RawEntryFacts {
  /** lib/native/copy.ts knows their order. */
  readonly kind: number;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: number;
  readonly allocated: number;
  readonly links: number;
  readonly modifiedNs: bigint;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly leadsTo: Buffer | null;
}

export interface RawCopiedPiece {
  readonly bytes: Buffer;
  readonly hole: number;
  /** Pages of the source left in the cache; null where mincore doesn't say. */
  readonly left: number | null;
}

export interface RawPublication {
  readonly at: RawPath;
  readonly size: number;
  /** 64 bits, two's complement. */
  readonly modifiedNs: bigint;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly keep: boolean;
}
