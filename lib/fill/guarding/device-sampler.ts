import { setTimeout as delay } from 'node:timers/promises';
import type { DeviceReadings } from '../../guard/index.ts';
import {
  inflightPath,
  type ReadCounters,
  readProcessIo,
  readReadCounters,
  splitDevice,
} from '../../host/index.ts';
import { addon } from '../../native/addon.ts';
import type { RawDrained } from '../../native/addon-types.ts';
import { runJob } from '../../native/job.ts';
import { probeReads, type ReadWay } from '../../probe/index.ts';
import type { WarmFile } from '../../targets/index.ts';
import type { RateLimit } from '../rate-limit.ts';
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
// What devices count in, whatever the device's own sectors are.
const SECTOR = 512;
// What is in flight of ours when a gap begins is gone by then, or so slow that the probes may well say so. A cgroup's limit
// (blkio, io.max) is used to the full meanwhile: 8 MiB of 40 MiB/s.
const MOST_OWN_DRAIN_MS = 200;
const MOST_DRAIN_MS = 50;
// Nobody else is known to read: what is left in flight is ours, and taken for others' it would slow the fill for seconds.
const MOST_DRAIN_ALONE_MS = 100;
// A journal's read alone in a gap is no neighbour. Whoever reads every few dozen milliseconds comes again in this time.
const STRAY_WATCH_MS = 40;
// A device that is gone answers after minutes, or never. That it didn't for so long is an answer.
const UNANSWERED_MS = 800;
// Probes look at these files; of a set of a hundred thousand a few say what all would.
const MOST_FILES = 64;

/** What a gap in the fill showed of one device. */
export interface Gap {
  readonly quietMs: readonly number[];
  readonly othersReadsPerSecond: number | null;
  readonly othersReads: number | null;
}

/** Takes readings of one device that a set's files lie on. */
export class DeviceSampler {
  readonly device: string;
  readonly #files: readonly WarmFile[];
  readonly #rate: RateLimit;
  readonly #way: ReadWay;
  readonly #major: number;
  readonly #minor: number;
  #before: ReadCounters | null = null;
  /** What the slowest quiet probe of the last gap took. */
  #probeMs = 0;
  readonly #friends: FriendsRead | undefined;
  readonly #thirdParties = new ThirdParties();
  /** Since when a probe waits that was given up; null: none does. */
  #unansweredSinceMs: number | null = null;
  #friendBytes: number | null = null;
  #besideFriend = false;

  /**
   * @param rate at which the fills read that pause for a gap
   * @param friends whom the fill helps: their reads are nobody's to yield to
   */
  constructor(dev: bigint, files: readonly WarmFile[], rate: RateLimit, friends?: FriendsRead) {
    this.#rate = rate;
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

  /**
   * Reads a few places and watches for others. Only while nothing new of ours is being started.
   *
   * @param alone nobody is known to read: the gap of a single read of somebody's is then longer, to see if another follows
   */
  async gap(alone: boolean, signal: AbortSignal): Promise<Gap> {
    const gap = await this.#gap(alone, signal);
    const friendBytes = (await this.#friends?.()) ?? null;
    const before = this.#friendBytes;
    this.#friendBytes = friendBytes;
    // From the gap before on: what he handed in then may still be in front of a probe now.
    this.#besideFriend = friendBytes !== null && friendBytes - (before ?? 0) > FRIEND_READS;
    if (friendBytes === null) return gap;
    const others = await this.#strangers(friendBytes);
    // Beside a friend's reads a probe waits for his, and the device's count of reads has his in it.
    return this.#besideFriend ? { quietMs: [], othersReadsPerSecond: others, othersReads: null } : gap;
  }

  async #strangers(friendBytes: number): Promise<number | null> {
    const [own, disk] = await Promise.all([readProcessIo('self'), this.#counters()]);
    if (own.readBytes === null || disk === null) return null;
    return this.#thirdParties.observe({
      atMs: performance.now(),
      deviceBytes: disk.sectorsRead * SECTOR,
      deviceReads: disk.readsCompleted,
      ownBytes: own.readBytes,
      friendBytes,
    });
  }

  async #gap(alone: boolean, signal: AbortSignal): Promise<Gap> {
    const drained = await this.#drain(alone ? MOST_DRAIN_ALONE_MS : MOST_DRAIN_MS, signal);
    const before = await this.#counters();
    const startedMs = performance.now();
    const count = Math.max(1, this.#fitting(QUIET_PROBES, GAP_SPACING_MS));
    const quietMs = await this.probe(count, GAP_SPACING_MS, signal);
    this.#probeMs = Math.max(0, ...quietMs);
    const ours = quietMs.length;
    let reads = await this.#readsSince(before);
    // A device that doesn't count our own reads (iostats 0) doesn't count others' either; and what is left of ours isn't theirs.
    if (reads === null || reads < ours || ours === 0 || drained === 'own-left') {
      return { quietMs, othersReadsPerSecond: null, othersReads: null };
    }
    if (alone && reads === ours + 1) {
      await delay(STRAY_WATCH_MS, undefined, { signal });
      reads = (await this.#readsSince(before)) ?? reads;
    }
    const seconds = (performance.now() - startedMs) / 1000;
    return { quietMs, othersReadsPerSecond: (reads - ours) / seconds, othersReads: reads - ours };
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

  /** For how long a probe has been waiting that was given up; null: none is. */
  get unansweredMs(): number | null {
    return this.#unansweredSinceMs === null ? null : performance.now() - this.#unansweredSinceMs;
  }

  /**
   * Milliseconds that single reads at random places of the files took; fewer than asked for where files fail. None of a
   * device that doesn't answer, which isn't asked again until it does.
   */
  async probe(count: number, spacingMs: number, signal: AbortSignal): Promise<readonly number[]> {
    if (this.#unansweredSinceMs !== null) return [];
    const startedMs = performance.now();
    const asked = this.#ask(count, spacingMs, signal);
    const answer = await Promise.race([asked, delay(UNANSWERED_MS, null, { ref: false })]);
    if (answer !== null) return answer;
    this.#unansweredSinceMs = startedMs;
    const over = (): void => {
      this.#unansweredSinceMs = null;
    };
    asked.then(over, over);
    return [];
  }

  async #ask(count: number, spacingMs: number, signal: AbortSignal): Promise<readonly number[]> {
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
    if (!before || !now || now.msReading < before.msReading) return null;
    const reads = now.readsCompleted - before.readsCompleted;
    return reads <= 0 ? null : (now.msReading - before.msReading) / reads;
  }

  /** Where it can't be told what is in flight, the probes may well say so. */
  async #drain(patienceMs: number, signal: AbortSignal): Promise<RawDrained> {
    const path = inflightPath(this.#major, this.#minor);
    try {
      return await runJob({ priority: 'normal', signal }, path ?? this.device, (...job) =>
        addon().waitForDrain(this.#rate.raw, path, MOST_OWN_DRAIN_MS, patienceMs, ...job),
      );
    } catch {
      signal.throwIfAborted();
      return 'yes';
    }
  }

  #counters(): Promise<ReadCounters | null> {
    return readReadCounters(this.#major, this.#minor);
  }

  async #readsSince(before: ReadCounters | null): Promise<number | null> {
    const now = await this.#counters();
    return before && now ? now.readsCompleted - before.readsCompleted : null;
  }
}

/** One for each device of a set, those with most bytes first. */
export function samplersOf(
  files: readonly WarmFile[],
  most: number,
  rate: RateLimit,
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
    .map(([dev, group]) => new DeviceSampler(dev, group.files, rate, friends));
}

export function toDeviceReadings(
  device: string,
  gap: Gap | null,
  loadedMs: readonly number[],
  averageReadMs: number | null,
  unansweredMs: number | null,
): DeviceReadings {
  return {
    device,
    quietMs: gap?.quietMs ?? [],
    othersReadsPerSecond: gap?.othersReadsPerSecond ?? null,
    othersReads: gap?.othersReads ?? null,
    loadedMs,
    averageReadMs,
    unansweredMs,
  };
}
