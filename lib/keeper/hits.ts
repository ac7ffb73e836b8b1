import {
  type HostOptions,
  type ProcessIo,
  readCgroupEvents,
  readCgroupProcesses,
  readProcessIo,
  TICKS_PER_SECOND,
} from '../host/index.ts';
import { features } from '../native/index.ts';
import { addReads, estimateHits, NO_READS, type ReadCounts, readsBetween } from './hit-estimate.ts';
import type { HitEstimate, WatchedReader } from './types.ts';

export interface HitWatch {
  /**
   * What was read since the last call that got an answer. `null` where nothing can be said: at the first call, which
   * only begins; when the process ended, or another one has its number, which begins anew; when its `/proc/PID/io`
   * may not be read (it needs the same user, or CAP_SYS_PTRACE); once closed. Never rejects.
   */
  sample(): Promise<HitEstimate | null>;
  close(): void;
}

interface Reader {
  readonly startTicks: number;
  readonly counts: ReadCounts;
}

/** One look at everybody who is watched. */
interface Look {
  /** Whoever began at or after this moment wasn't there at an earlier look. `null`: not known. */
  readonly atTicks: number | null;
  readonly readers: ReadonlyMap<number, Reader>;
  readonly refaultedPages: number | null;
  readonly incomplete: boolean;
}

const AT_ONCE = 16;

/**
 * Estimates what of the reads of a process or a cgroup comes from the page cache, without root and without eBPF.
 * Processes that end take what they read since the last sample along; those that begin count from their start.
 */
export function createHitWatch(watched: WatchedReader, options: HostOptions = {}): HitWatch {
  let last: Look | null = null;
  let closed = false;
  let running: Promise<HitEstimate | null> | null = null;

  const sampleOnce = async (): Promise<HitEstimate | null> => {
    const now = await look(watched, options).catch(() => null);
    const before = last;
    last = closed ? null : now;
    return closed || now === null || before === null ? null : compare(watched, before, now);
  };
  return {
    sample: () => {
      if (closed) return Promise.resolve(null);
      // Two looks at once would each count what the other does.
      running ??= sampleOnce().finally(() => {
        running = null;
      });
      return running;
    },
    close: () => {
      closed = true;
      last = null;
    },
  };
}

function compare(watched: WatchedReader, before: Look, now: Look): HitEstimate | null {
  let total = NO_READS;
  let incomplete = now.incomplete;
  for (const [pid, reader] of now.readers) {
    const reads = readsOf(reader, before, before.readers.get(pid));
    // One number is one process: where another has it now there is nothing to compare.
    if (reads === null && 'pid' in watched) return null;
    if (reads === null) incomplete = true;
    else total = addReads(total, reads);
  }
  return estimateHits(total, watched, { refaultedBytes: refaulted(before, now), incomplete });
}

/** What it read since; `null` for one who was there before and wasn't looked at: it came from another cgroup. */
function readsOf(reader: Reader, before: Look, known: Reader | undefined): ReadCounts | null {
  if (known?.startTicks === reader.startTicks) return readsBetween(known.counts, reader.counts);
  const isNew = before.atTicks !== null && reader.startTicks >= before.atTicks;
  return isNew ? reader.counts : null;
}

function refaulted(before: Look, now: Look): number | null {
  if (before.refaultedPages === null || now.refaultedPages === null) return null;
  const pages = now.refaultedPages - before.refaultedPages;
  return pages < 0 ? null : pages * features().pageSize;
}

/** `null` when nobody can be looked at. */
async function look(watched: WatchedReader, options: HostOptions): Promise<Look | null> {
  if ('pid' in watched) {
    const reader = toReader(await readProcessIo(watched.pid, options));
    if (typeof reader === 'string') return null;
    // Without the moment: a process that has this number from now on is another one, not a new member.
    const readers = new Map([[watched.pid, reader]]);
    return { atTicks: null, readers, refaultedPages: null, incomplete: false };
  }
  // First, so that nobody begins between the list and the clock.
  const atTicks = await nowInTicks(options);
  const [members, events] = await Promise.all([
    readCgroupProcesses(watched.cgroup, options),
    readCgroupEvents(watched.cgroup, options),
  ]);
  if (members === null) return null;
  const readers = new Map<number, Reader>();
  let refused = 0;
  const queue = members.pids.values();
  const worker = async (): Promise<void> => {
    for (const pid of queue) {
      const reader = toReader(await readProcessIo(pid, options));
      if (reader === 'refused') refused += 1;
      else if (reader !== 'gone') readers.set(pid, reader);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (refused > 0 && readers.size === 0) return null;
  const incomplete = members.incomplete || refused > 0;
  return { atTicks, readers, refaultedPages: events.refaultedFilePages, incomplete };
}

function toReader({
  readCallBytes,
  readBytes,
  majorFaults,
  startTicks,
}: ProcessIo): Reader | 'gone' | 'refused' {
  if (majorFaults === null || startTicks === null) return 'gone';
  if (readCallBytes === null || readBytes === null) return 'refused';
  return { startTicks, counts: { callBytes: readCallBytes, deviceBytes: readBytes, majorFaults } };
}

/** By our own start and age: `/proc/uptime` tells a container's age in containers that have lxcfs. */
async function nowInTicks(options: HostOptions): Promise<number | null> {
  const { startTicks } = await readProcessIo('self', options);
  return startTicks === null ? null : startTicks + Math.floor(process.uptime() * TICKS_PER_SECOND);
}
