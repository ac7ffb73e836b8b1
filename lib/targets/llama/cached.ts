import type { RawEntry } from '../../native/addon-types.ts';
import type { LlamaManifest } from './manifest.ts';

/** A file of a repository that a cache has. */
export interface CachedFile {
  readonly path: string;
  readonly entry: RawEntry;
}

/** What a cache has of a repository. */
export interface Cached {
  /** The directory that holds it. */
  readonly at: string;
  /** A commit; undefined in the older cache, which keeps none. */
  readonly revision: string | undefined;
  /** By path in the repository, or what stands for it. */
  readonly files: ReadonlyMap<string, CachedFile>;
  /** What the hub said of the quantisation that is wanted, in the same names as the files; the older cache keeps it. */
  readonly manifest: LlamaManifest | undefined;
  /** How many downloads of it aren't finished. */
  readonly unfinished: number;
  readonly notes: readonly string[];
}
