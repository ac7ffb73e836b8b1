import type { Config } from '../config/index.ts';
import { isSystemError } from '../errors.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { recordedBytes } from '../snapshot/save.ts';
import type { KeeperDependencies } from './dependencies.ts';
import { toPriority } from './fill-set.ts';
import { type MeasuredSet, setOf } from './measure-sets.ts';
import { sum } from './report.ts';
import type { SnapshotReport } from './types.ts';

/** The snapshot that a keeper saves now and then, and restores once. */
export class Snapshots {
  readonly #host: KeeperDependencies;
  #savedAtMs = Number.NEGATIVE_INFINITY;
  #restored = false;

  constructor(host: KeeperDependencies) {
    this.#host = host;
  }

  /** What is to be restored; `null` where nothing is, where it was restored already, and before the first one was saved. */
  async toRestore({ snapshot }: Config): Promise<Snapshot | null> {
    if (this.#restored || snapshot === null || !snapshot.restoreAtStart) return null;
    this.#restored = true;
    try {
      return await this.#host.readSnapshot(snapshot.path);
    } catch (error) {
      if (isSystemError(error) && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Saves when it is time. Not to be called while memory is short: what was evicted would be forgotten for good. */
  async saveWhenDue(
    { snapshot, fill }: Config,
    sets: readonly MeasuredSet[],
    signal: AbortSignal,
  ): Promise<SnapshotReport | null> {
    const now = this.#host.now();
    if (snapshot === null || now - this.#savedAtMs < snapshot.interval) return null;
    // Also when it fails: a full disk isn't asked again at every sweep.
    this.#savedAtMs = now;
    const { path } = snapshot;
    const files = setOf(sets.flatMap((set) => set.files.map(({ file }) => file)));
    const saved = await this.#host.saveSnapshot(files, path, { signal, priority: toPriority(fill.ioClass) });
    return { what: 'saved', path, recordedBytes: saved.residentBytes, readBytes: 0 };
  }
}

/** Bytes that a snapshot has of the files of some sets. */
export function recordedOf(snapshot: Snapshot, sets: readonly MeasuredSet[]): number {
  const paths = new Set(sets.flatMap(({ files }) => files.map(({ file }) => file.path)));
  const own = snapshot.files.filter(({ path }) => paths.has(path));
  return sum(own, (file) => recordedBytes(file, snapshot.pageSize) ?? 0);
}
