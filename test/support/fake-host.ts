import type { FillGuardOptions, GuardedFills, KeeperDependencies } from '../../lib/keeper/dependencies.ts';
import type { FileResidency } from '../../lib/residency/index.ts';
import type { WarmFile, WarmSet } from '../../lib/targets/index.ts';

export const PAGE = 4096;

export interface FakeFile {
  ino: number;
  size: number;
  resident: number;
  /** Nobody can be trusted to know its residency. */
  secret?: boolean;
  /** Reads fail with this code. */
  fails?: string;
}

type WarmResult = Awaited<ReturnType<GuardedFills['warm']>>;

/** A host whose page cache is a few numbers, with a clock that tests may use as it is: `Date.now`, faked or not. */
export class FakeHost {
  readonly files = new Map<string, FakeFile>();
  /** What may be resident at all, before the keeper's own options. */
  availableBytes = Number.MAX_SAFE_INTEGER / 2;
  /** Of each file read, bytes that are gone again when the fill ends. */
  lossShare = 0;
  /** Replaces what a fill does. */
  onWarm: ((set: WarmSet, options: Parameters<GuardedFills['warm']>[1]) => Promise<WarmResult>) | null = null;
  /** What a restored snapshot does; without it there is none. */
  onRestore: GuardedFills['restoreSnapshot'] | null = null;
  lockHeld = false;
  readonly locks: string[] = [];
  readonly warmed: string[][] = [];
  readonly evicted: string[] = [];
  guard: FillGuardOptions | null = null;
  openHitWatches = 0;

  add(path: string, size: number, resident = 0, ino = this.files.size + 1): FakeFile {
    const file = { ino, size, resident };
    this.files.set(path, file);
    return file;
  }

  get resident(): number {
    return [...this.files.values()].reduce((sum, { resident }) => sum + resident, 0);
  }

  /** As a keeper takes it. */
  dependencies(over: Partial<KeeperDependencies> = {}): KeeperDependencies {
    return {
      now: () => Date.now(),
      random: () => 0.5,
      pageSize: () => PAGE,
      resolve: async (targets) => this.#resolve(targets.map(String)),
      residency: async (set) => {
        const files = set.files.map((file) => this.#measure(file));
        return {
          files,
          total: { files: 0, size: 0, residentBytes: 0, unknownFiles: 0, cacheHitRatio: null },
        };
      },
      readBudget: async () => ({ memAvailable: this.availableBytes, cgroups: [] }),
      createFills: (guard) => {
        this.guard = guard === false ? null : guard;
        return {
          warm: async (set, options) => (this.onWarm ? this.onWarm(set, options) : this.warm(set, options)),
          restoreSnapshot: async (source, options) => {
            if (this.onRestore === null) throw new Error('nothing to restore');
            return this.onRestore(source, options);
          },
        };
      },
      evict: async (set) => {
        for (const { path } of set.files) {
          this.evicted.push(path);
          const file = this.files.get(path);
          if (file) file.resident = 0;
        }
        return { files: [], residentBefore: 0, residentNow: 0, unknownFiles: 0 } as never;
      },
      acquireLock: async (directory, { wait, signal }) => this.#acquire(directory, wait, signal),
      createHitWatch: () => {
        this.openHitWatches += 1;
        return {
          sample: async () => null,
          close: () => {
            this.openHitWatches -= 1;
          },
        };
      },
      readSnapshot: async () => {
        throw Object.assign(new Error('no such file'), { code: 'ENOENT', errno: -2, syscall: 'open' });
      },
      saveSnapshot: async (_set, path) => ({ path, bytes: 1, residentBytes: 0, unknownFiles: 0 }) as never,
      probeReads: async () => ({ samples: [], latency: null, addedPages: 0 }),
      probeOpenMmap: async () => ({ opens: [] }) as never,
      ...over,
    };
  }

  /** What a fill does unless told otherwise: within `budget.maxBytes`, in order. */
  async warm(set: WarmSet, options: Parameters<GuardedFills['warm']>[1]): Promise<WarmResult> {
    this.warmed.push(set.files.map(({ path }) => path));
    let left = Number(options.budget?.maxBytes ?? Number.MAX_SAFE_INTEGER);
    const files = set.files.map((file) => {
      const real = this.files.get(file.path);
      if (!real || real.fails !== undefined) {
        const failure = { code: real?.fails ?? 'ENOENT', syscall: 'read', message: 'failed' };
        return { file, asked: file.size, alreadyResident: 0, read: 0, residentNow: null, lost: 0, failure };
      }
      const before = real.resident;
      const read = Math.max(0, Math.min(real.size - before, left - before));
      left -= before + read;
      const lost = Math.floor(read * this.lossShare);
      real.resident = before + read - lost;
      const residentNow = real.resident;
      return { file, asked: real.size, alreadyResident: before, read, residentNow, lost, failure: null };
    });
    const sum = (of: (file: (typeof files)[number]) => number): number =>
      files.reduce((total, file) => total + of(file), 0);
    const lost = sum((file) => file.lost);
    return {
      asked: sum(({ asked }) => asked),
      alreadyResident: sum(({ alreadyResident }) => alreadyResident),
      read: sum(({ read }) => read),
      residentNow: sum(({ residentNow }) => residentNow ?? 0),
      lost,
      lostTo: lost > 0 ? 'somebody' : null,
      seconds: 2,
      stopped: null,
      files,
    } as unknown as WarmResult;
  }

  #resolve(targets: readonly string[]): WarmSet {
    const inside = (path: string): boolean =>
      targets.some((target) => path === target || path.startsWith(`${target}/`));
    const files = [...this.files].flatMap(([path, { ino, size }]): WarmFile[] =>
      inside(path) ? [{ path, dev: 1n, ino: BigInt(ino), size }] : [],
    );
    const missing = targets.filter((target) => !files.some(({ path }) => path.startsWith(target)));
    const failures = missing.map((path) => ({
      path,
      code: 'ENOENT',
      message: 'ENOENT: missing',
      remedy: 'look',
    }));
    const skipped = { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 };
    return { files, failures, skipped, size: files.reduce((sum, { size }) => sum + size, 0) };
  }

  #measure(file: WarmFile): FileResidency {
    const real = this.files.get(file.path);
    const measured = { file, size: file.size, pages: Math.ceil(file.size / PAGE) };
    if (!real || real.secret === true) {
      const code = real ? 'not-permitted' : 'unreadable';
      return { ...measured, state: 'unknown', reason: { code, message: code, remedy: 'none' } };
    }
    return {
      ...measured,
      state: 'known',
      source: 'mincore',
      residentPages: Math.ceil(real.resident / PAGE),
      residentBytes: real.resident,
      dirtyPages: null,
      recentlyEvictedPages: null,
      pageMap: { windowBytes: file.size, residentPages: Uint32Array.of(Math.ceil(real.resident / PAGE)) },
    };
  }

  async #acquire(
    directory: string,
    wait: boolean,
    signal: AbortSignal,
  ): ReturnType<KeeperDependencies['acquireLock']> {
    while (this.lockHeld && wait) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (this.lockHeld) return null;
    this.lockHeld = true;
    this.locks.push(directory);
    return {
      release: async () => {
        this.lockHeld = false;
      },
    };
  }
}
