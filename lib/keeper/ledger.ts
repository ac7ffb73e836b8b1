/** What became of one file since the keeper began. */
export interface FileAccount {
  readonly refilledBytes: number;
  readonly refillSeconds: number;
  readonly lostBytes: number;
}

/** What became of a set, files that are gone included. */
export type SetAccount = FileAccount;

/** A file as it was measured. */
export interface Observed {
  readonly path: string;
  /** Changes when another file takes the path. */
  readonly identity: string;
  /** `null`: not known. */
  readonly residentBytes: number | null;
}

interface Entry extends FileAccount {
  readonly identity: string;
  readonly residentBytes: number | null;
}

const NOTHING: FileAccount = { refilledBytes: 0, refillSeconds: 0, lostBytes: 0 };

/**
 * Residency over time, by set and file. What was resident and is no more is lost, unless another file took the path: of
 * that nothing was resident before. The counts of a set outlive its files and never go down.
 */
export class Ledger {
  readonly #files = new Map<string, Map<string, Entry>>();
  readonly #sets = new Map<string, SetAccount>();

  /** Takes in what a whole set looks like now; files that aren't in it are forgotten. Returns the bytes lost. */
  observe(set: string, files: readonly Observed[]): number {
    const before = this.#files.get(set) ?? new Map<string, Entry>();
    let lost = 0;
    const now = new Map(
      files.map((file): [string, Entry] => {
        const entry = before.get(file.path);
        const gone = entry === undefined ? 0 : lostOf(entry, file);
        lost += gone;
        return [file.path, { ...addTo(entry ?? NOTHING, { lostBytes: gone }), ...identified(file) }];
      }),
    );
    this.#files.set(set, now);
    this.#sets.set(set, addTo(this.ofSet(set), { lostBytes: lost }));
    return lost;
  }

  /** Adds what a fill did; each file is charged with its share of the time by bytes. */
  filled(
    set: string,
    files: readonly (Observed & { readonly readBytes: number; readonly lostBytes: number })[],
    seconds: number,
  ): void {
    const accounts = this.#files.get(set);
    const read = files.reduce((sum, { readBytes }) => sum + readBytes, 0);
    const lost = files.reduce((sum, { lostBytes }) => sum + lostBytes, 0);
    for (const file of files) {
      const entry = accounts?.get(file.path);
      if (!accounts || !entry) continue;
      const refillSeconds = read > 0 ? (seconds * file.readBytes) / read : 0;
      const { readBytes: refilledBytes, lostBytes } = file;
      accounts.set(file.path, {
        ...addTo(entry, { refilledBytes, refillSeconds, lostBytes }),
        ...identified(file),
      });
    }
    const sum = { refilledBytes: read, refillSeconds: seconds, lostBytes: lost };
    this.#sets.set(set, addTo(this.ofSet(set), sum));
  }

  /** Takes in what was measured since, without calling it a loss: the keeper gave it back itself. */
  gaveBack(set: string, file: Observed): void {
    const accounts = this.#files.get(set);
    const entry = accounts?.get(file.path);
    if (accounts && entry) accounts.set(file.path, { ...entry, ...identified(file) });
  }

  ofFile(set: string, path: string): FileAccount {
    const { refilledBytes, refillSeconds, lostBytes } = this.#files.get(set)?.get(path) ?? NOTHING;
    return { refilledBytes, refillSeconds, lostBytes };
  }

  ofSet(set: string): SetAccount {
    return this.#sets.get(set) ?? NOTHING;
  }

  /** Forgets the files of sets that a reload removed. */
  keepOnly(sets: readonly string[]): void {
    for (const name of this.#files.keys()) if (!sets.includes(name)) this.#files.delete(name);
  }
}

function lostOf(entry: Entry, { identity, residentBytes }: Observed): number {
  if (entry.identity !== identity || entry.residentBytes === null || residentBytes === null) return 0;
  return Math.max(0, entry.residentBytes - residentBytes);
}

function identified({ identity, residentBytes }: Observed): Pick<Entry, 'identity' | 'residentBytes'> {
  return { identity, residentBytes };
}

function addTo(account: FileAccount, more: Partial<FileAccount>): FileAccount {
  return {
    refilledBytes: account.refilledBytes + (more.refilledBytes ?? 0),
    refillSeconds: account.refillSeconds + (more.refillSeconds ?? 0),
    lostBytes: account.lostBytes + (more.lostBytes ?? 0),
  };
}
