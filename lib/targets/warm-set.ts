/** One file of a warm set. */
export interface WarmFile {
  /** Its path, exact unless `rawPath` is there; in names that aren't UTF-8, bytes are then shown as `\xNN`. */
  readonly path: string;
  /** The path as bytes, only where it isn't UTF-8. */
  readonly rawPath?: Buffer;
  readonly dev: bigint;
  readonly ino: bigint;
  /** Bytes, when the set was resolved. */
  readonly size: number;
  /** Only these parts are in the set: ascending, apart from each other, inside the file. Without it, all of it is. */
  readonly parts?: readonly ByteRange[];
  /** What the file is for, where a target that knows models found it. */
  readonly role?: FileRole;
}

/** A part of a file in bytes, whole numbers from 0. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export type FileRole =
  | 'config'
  | 'tokenizer'
  | 'index'
  | 'weights'
  | 'engine'
  | 'adapter'
  | 'compile-cache'
  | 'python'
  | 'other';

/** Why part of what was asked for isn't in the set. The rest of it is. */
export interface TargetFailure {
  /** The target, or the place below it, that couldn't be used. */
  readonly path: string;
  /** An errno name or a `WARMSET_*` code. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What was found and left out on purpose, as counts. */
export interface Skipped {
  readonly sockets: number;
  readonly fifos: number;
  readonly devices: number;
  /** Symbolic links that lead nowhere. */
  readonly danglingLinks: number;
  /** Further names of a file or directory that is in the set already: hard links, symbolic links, loops. */
  readonly duplicates: number;
}

/** The ordered files of some targets, most urgent first, each file once by device and inode. */
export interface WarmSet {
  readonly files: readonly WarmFile[];
  readonly failures: readonly TargetFailure[];
  readonly skipped: Skipped;
  /** Sum of the files' sizes in bytes; of files of which only parts are in the set, those of the parts. */
  readonly size: number;
}

/** What the file's path is for a system call. */
export function pathBytes(file: { readonly path: string; readonly rawPath?: Buffer }): string | Buffer {
  return file.rawPath ?? file.path;
}

/** Bytes of a file that are in its set: all of it, or its parts. */
export function wantedBytes({ size, parts }: Pick<WarmFile, 'size' | 'parts'>): number {
  return parts === undefined ? size : parts.reduce((sum, { length }) => sum + length, 0);
}
