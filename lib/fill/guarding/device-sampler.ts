import { setTimeout as delay } from 'node:timers/promises';
import type { DeviceReadings } from '../../guard/index.ts';
import { readDiskstats, readProcessIo, readsInFlight, splitDevice } from '../../host/index.ts';
import { probeReads, type ReadWay } from '../../probe/index.ts';
import type { WarmFile } from '../../targets/index.ts';
import { type FriendsRead, ThirdParties } from './friends.ts';

// The smallest read that every device can do alone: what is measured is the wait, not the transfer.
const PROBE_BYTES = 4096;
const QUIET_PROBES = 4;
const BASELINE_PROBES = 8;
// A gap must be long enough to see a neighbour who reads every few milliseconds, and short enough to cost a fill little.
const GAP_SPACING_MS = 3;
// A device that takes tens of milliseconds for a read is asked less often, not for longer.
const MOST_PROBING_MS = 40;
// A page here and there makes nobody's probe slow.
const FRIEND_READS = 1024 * 1024;
const DRAIN_STEP_MS = 1;
// What /proc/diskstats counts in, whatever the device's own sectors are.
const SECTOR = 512;
// What is in flight of ours when a gap begins is gone by then, or so slow that the probes may well say so.
const MOST_DRAIN_MS = 50;
// Probes look at these files; of a set of a hundred thousand a few say what all would.
const MOST_FILES = 64;

interface Counters {
  readonly reads: number;
  readonly bytes: number;
  readonly msReading: number;
}

/** What a gap in the fill showed of one device. */
export interface Gap {
  readonly quietMs: readonly number[];
  readonly othersReadsPerSecond: number | null;
}

/** Takes readings of one device that a set's files lie on. */
export class DeviceSampler {
  readonly device: string;
  readonly #files: readonly WarmFile[];
  readonly #way: ReadWay;
  readonly #major: number;
  readonly #minor: number;
  #before: Counters | null = null;
  /** What the slowest quiet probe of the last gap took. */
  #probeMs = 0;
  readonly #friends: FriendsRead | undefined;
  readonly #thirdParties = new ThirdParties();
  #friendBytes: number | null = null;
  #besideFriend = false;

  /** @param friends whom the fill helps: their reads are nobody's to yield to */
  constructor(dev: bigint, files: readonly WarmFile[], friends?: FriendsRead) {
    this.#friends = friends;
    const { major, minor } = splitDevice(dev);
    this.device = `${major}:${minor}`;
    this.#major = major;
    this.#minor = minor;
    // A direct read from a daemon or a server that hangs can't be killed, and the process with it; one that goes through
    // the page cache can. Disks are believed to answer.
    this.#way = major === 0 ? 'dontcache' : 'direct';
    this.#files = files.slice(0, MOST_FILES);
  }

  /** Reads a few places and watches for others. Only while nothing new of ours is being started. */
  async gap(signal: AbortSignal): Promise<Gap> {
    const gap = await this.#gap(signal);
    const friendBytes = (await this.#friends?.()) ?? null;
    const before = this.#friendBytes;
    this.#friendBytes = friendBytes;
    // From the gap before on: what he handed in then may still be in front of a probe now.
    this.#besideFriend = friendBytes !== null && friendBytes - (before ?? 0) > FRIEND_READS;
    if (friendBytes === null) return gap;
    const others = await this.#strangers(friendBytes);
    // Beside a friend's reads a probe waits for his, and the device's count of reads has his in it.
    return this.#besideFriend ? { quietMs: [], othersReadsPerSecond: others } : gap;
  }

  async #strangers(friendBytes: number): Promise<number | null> {
    const [own, disk] = await Promise.all([readProcessIo('self'), this.#counters()]);
    if (own.readBytes === null || disk === null) return null;
    return this.#thirdParties.observe({
      atMs: performance.now(),
      deviceBytes: disk.bytes,
      deviceReads: disk.reads,
      ownBytes: own.readBytes,
      friendBytes,
    });
  }

  async #gap(signal: AbortSignal): Promise<Gap> {
    const before = await this.#drain(signal);
    const startedMs = performance.now();
    const count = Math.max(1, this.#fitting(QUIET_PROBES, GAP_SPACING_MS));
    const quietMs = await this.probe(count, GAP_SPACING_MS, signal);
    this.#probeMs = Math.max(0, ...quietMs);
    const after = await this.#counters();
    const seconds = (performance.now() - startedMs) / 1000;
    const reads = before && after ? after.reads - before.reads : 0;
    // A device that doesn't count our own reads (iostats 0) doesn't count others' either.
    const counts = before !== null && after !== null && reads >= quietMs.length && quietMs.length > 0;
    return { quietMs, othersReadsPerSecond: counts ? (reads - quietMs.length) / seconds : null };
  }

  /** What reads take before anything of ours is in flight. */
  async rest(signal: AbortSignal): Promise<readonly number[]> {
    const first = await this.probe(1, 0, signal);
    this.#probeMs = Math.max(0, ...first);
    const more = this.#fitting(BASELINE_PROBES - 1, 0);
    return more > 0 ? [...first, ...(await this.probe(more, 0, signal))] : first;
  }

  /** So many probes, or as many as there is time for. */
  #fitting(most: number, spacingMs: number): number {
    return Math.min(most, Math.floor(MOST_PROBING_MS / (this.#probeMs + spacingMs)));
  }

  /** Milliseconds that single reads at random places of the files took; fewer than asked for where files fail. */
  async probe(count: number, spacingMs: number, signal: AbortSignal): Promise<readonly number[]> {
    const { samples } = await probeReads(this.#files, {
      count,
      blockBytes: PROBE_BYTES,
      spacingMs,
      way: this.#way,
      signal,
    });
    return samples.flatMap((sample) => (sample.state === 'read' ? sample.milliseconds : []));
  }

  /** Milliseconds per read of everybody's reads since the time before. */
  async averageReadMs(): Promise<number | null> {
    const [before, now] = [this.#before, await this.#counters()];
    this.#before = now;
    // The witness for devices that can't be probed: beside a friend's reads it would accuse him.
    if (this.#besideFriend) return null;
    if (!before || !now || now.reads <= before.reads || now.msReading < before.msReading) return null;
    return (now.msReading - before.msReading) / (now.reads - before.reads);
  }

  /** Asks for the one number that it waits for: /proc/diskstats has every device's, and a gap asks many times. */
  async #drain(signal: AbortSignal): Promise<Counters | null> {
    const untilMs = performance.now() + MOST_DRAIN_MS;
    while (((await readsInFlight(this.#major, this.#minor)) ?? 0) > 0 && performance.now() < untilMs) {
      await delay(DRAIN_STEP_MS, undefined, { signal });
    }
    return this.#counters();
  }

  async #counters(): Promise<Counters | null> {
    const disk = (await readDiskstats()).get(this.device);
    if (!disk) return null;
    const { readsCompleted: reads, sectorsRead, msReading } = disk;
    return { reads, bytes: sectorsRead * SECTOR, msReading };
  }
}

/** One for each device of a set, those with most bytes first. */
export function samplersOf(
  files: readonly WarmFile[],
  most: number,
  friends?: FriendsRead,
): readonly DeviceSampler[] {
  const byDevice = new Map<bigint, { readonly files: WarmFile[]; bytes: number }>();
  for (const file of files) {
    const group = byDevice.get(file.dev) ?? { files: [], bytes: 0 };
    byDevice.set(file.dev, group);
    group.bytes += file.size;
    // A short file has no place for a read that misses what is read around it.
    if (file.size >= PROBE_BYTES && group.files.length < MOST_FILES) group.files.push(file);
  }
  return [...byDevice]
    .filter(([, group]) => group.files.length > 0)
    .sort(([, a], [, b]) => b.bytes - a.bytes)
    .slice(0, most)
    .map(([dev, group]) => new DeviceSampler(dev, group.files, friends));
}

export function toDeviceReadings(
  device: string,
  gap: Gap | null,
  loadedMs: readonly number[],
  averageReadMs: number | null,
): DeviceReadings {
  return {
    device,
    quietMs: gap?.quietMs ?? [],
    othersReadsPerSecond: gap?.othersReadsPerSecond ?? null,
    loadedMs,
    averageReadMs,
  };
}
