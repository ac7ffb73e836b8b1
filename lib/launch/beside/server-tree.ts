import { stat } from 'node:fs/promises';
import {
  type HostOptions,
  type MappingKey,
  mappingKey,
  readMappedFiles,
  readOpenFiles,
  readProcessIo,
  readProcessTree,
  splitDevice,
} from '../../host/index.ts';
import type { WarmFile } from '../../targets/index.ts';
import type { Sighting } from './position.ts';

export interface TreeLook {
  readonly sightings: readonly Sighting[];
  /** Nobody of it lives any more. */
  readonly gone: boolean;
}

interface Member {
  readonly startTicks: number;
  readBytes: number | null;
}

/** A server's processes, as `/proc` shows them: what they read, and which files of a set they have open or mapped. */
export class ServerTree {
  readonly #root: number;
  readonly #options: HostOptions;
  readonly #byInode = new Map<bigint, readonly number[]>();
  readonly #byMapping = new Map<MappingKey, number>();
  readonly #files: readonly WarmFile[];
  /** Those that have been seen: one whose parent ended is nobody's child, and loads all the same. */
  readonly #members = new Map<number, Member>();
  #readBytes: number | null = null;

  constructor(root: number, files: readonly WarmFile[], options: HostOptions = {}) {
    this.#root = root;
    this.#files = files;
    this.#options = options;
    for (const [index, { dev, ino }] of files.entries()) {
      this.#byInode.set(ino, [...(this.#byInode.get(ino) ?? []), index]);
      this.#byMapping.set(mappingKey(splitDevice(dev), ino), index);
    }
  }

  /** Fetched from devices on behalf of all of them since they began, bytes; null where that isn't told. */
  get readBytes(): number | null {
    return this.#readBytes;
  }

  /** Nobody of it was there any more at the last look. */
  get gone(): boolean {
    return this.#members.size === 0;
  }

  /** Only what they read: cheap enough for every look of a guard. */
  async sample(): Promise<number | null> {
    for (const [pid, member] of this.#members) {
      const { readBytes, startTicks } = await readProcessIo(pid, this.#options);
      if (startTicks !== member.startTicks) this.#members.delete(pid);
      else member.readBytes = readBytes;
    }
    return this.#total();
  }

  async look(): Promise<TreeLook> {
    for (const root of [this.#root, ...this.#members.keys()]) {
      for (const pid of await readProcessTree(root, this.#options)) {
        if (this.#members.has(pid)) continue;
        const { readBytes, startTicks } = await readProcessIo(pid, this.#options);
        if (startTicks !== null) this.#members.set(pid, { startTicks, readBytes });
      }
    }
    await this.sample();
    const sightings: Sighting[] = [];
    for (const pid of this.#members.keys()) {
      sightings.push(...(await this.#openedBy(pid)), ...(await this.#mappedBy(pid)));
    }
    return { sightings, gone: this.gone };
  }

  /** Never less than before: who ends and is collected hands its count to its parent, who is orphaned to nobody. */
  #total(): number | null {
    const counts = [...this.#members.values()].flatMap(({ readBytes }) => readBytes ?? []);
    if (counts.length > 0) {
      const sum = counts.reduce((total, bytes) => total + bytes, 0);
      this.#readBytes = Math.max(this.#readBytes ?? 0, sum);
    }
    return this.#readBytes;
  }

  async #openedBy(pid: number): Promise<readonly Sighting[]> {
    const open = (await readOpenFiles(pid, this.#options)) ?? [];
    const sightings: Sighting[] = [];
    for (const { descriptor, ino, position } of open) {
      const candidates = this.#byInode.get(ino);
      if (candidates === undefined) continue;
      // Only now: to look at somebody's descriptor of a dead network filesystem would wait for that, too.
      const facts = await stat(`${this.#options.root ?? ''}/proc/${pid}/fd/${descriptor}`, {
        bigint: true,
      }).catch(() => null);
      const file = candidates.find((index) => this.#files[index]?.dev === facts?.dev);
      if (file !== undefined && facts?.ino === ino) sightings.push({ file, position });
    }
    return sightings;
  }

  async #mappedBy(pid: number): Promise<readonly Sighting[]> {
    const mapped = await readMappedFiles(pid, this.#options);
    return [...(mapped ?? [])].flatMap((key) => {
      const file = this.#byMapping.get(key);
      return file === undefined ? [] : { file, position: null };
    });
  }
}
