import { setTimeout as delay } from 'node:timers/promises';
import { type Budget, computeBudget } from '../../budget/index.ts';
import { WarmsetError } from '../../errors.ts';
import { type GuardSummary, type HostGuard, RateLimit } from '../../fill/index.ts';
import { toBudgetOptions } from '../../fill/prepare.ts';
import { readBudgetReadings } from '../../fill/readings.ts';
import { usualGuard } from '../../fill/warm.ts';
import { readProcessIo, TICKS_PER_SECOND } from '../../host/index.ts';
import { lengthOfRuns } from '../../residency/runs.ts';
import type { WarmSet } from '../../targets/index.ts';
import { formatBytes } from '../../units.ts';
import type { BesideOptions, BesideResult } from '../types.ts';
import type { BesideWay } from './course.ts';
import { Drive, type DriveParts, type Ending } from './drive.ts';
import { ServerTree } from './server-tree.ts';
import { type SetState, SetWatch } from './set-look.ts';
import { Slices } from './slices.ts';

// Nothing is filled any more: only when the loader begins, and whether the server is there, is of interest.
const WATCH_ON_MS = 500;

/**
 * Fills a set while a server starts beside it: in the set's order and in front of the server's loader, which is followed
 * by what becomes resident without us and, where permitted, by `/proc/PID/fdinfo`, `maps` and `io` of the server's
 * processes. Nothing that was once resident is read again. The guard watches memory and third parties; the loader, for
 * whom all this is done, is no neighbour to it.
 *
 * A set that is larger than the budget is filled as far as the budget goes, and further as room appears; with
 * `dropBehind` room is made by giving back what the loader is done with. What a process maps can't be given back, so for
 * loaders that keep one mapping of everything that makes no room. What the loader itself brings in is never held back:
 * one that overtakes the fill may carry the set past the budget.
 *
 * Ends when all is filled or left to the loader, at `signal`, and when the server is gone; a file that can't be read is
 * left out.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a `pid` that is none, and for a bad budget
 */
export async function fillBeside(set: WarmSet, options: BesideOptions): Promise<BesideResult> {
  const { pid, signal, priority } = options;
  if (!Number.isSafeInteger(pid) || pid < 1) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', `pid must be the number of a process, not ${pid}.`, {
      subject: 'pid',
      remedy: "Give the number of the server's first process.",
    });
  }
  const budgetOptions = toBudgetOptions(options.budget);
  const [readings, watch, startedMs] = await Promise.all([
    readBudgetReadings(),
    SetWatch.begin(set, { priority }),
    readStart(pid),
  ]);
  const before = watch.state;
  const missing = lengthOfRuns(before.missing) - lengthOfRuns(before.unfillable);
  const budget = computeBudget(readings, budgetOptions);
  const fits = missing <= budget.allowed - before.residentBytes;
  const way: BesideWay = options.how ?? (fits ? 'ahead' : 'window');
  const guard = options.guard ?? usualGuard();
  const tree = new ServerTree(pid, set.files);
  const parts: DriveParts = { set, watch, tree, guard, options, way };
  const slices = await Slices.begin(watch.files, ratesOf(guard, options), priority);
  const drive = new Drive(parts, slices);

  const outcome =
    missing === 0
      ? { ending: nothingMissing(before), summary: null }
      : await underGuard(parts, drive, () => slices.readBytes);
  if (options.watchOn) await watchOn(drive, signal);
  const after = await watch.look('all');
  // Since the last look a fast loader has read some hundred MiB.
  await tree.sample();
  const { stopped, why } = outcome.ending;
  return {
    asked: before.askedBytes,
    residentBefore: known(before),
    residentAfter: known(after),
    warmedAhead: drive.fetchedBytes,
    leftToLoader: leftToLoader(before, after, drive, tree),
    dropped: drive.droppedBytes,
    firstReadMs: sinceStart(startedMs, drive),
    how: missing === 0 ? 'nothing' : way === 'ahead' && drive.beside ? 'read-ahead' : way,
    why: [...(missing === 0 ? [why] : [explain(way, drive, budget, missing), why]), tellChanged(watch)]
      .filter(Boolean)
      .join('; '),
    stopped,
    guard: outcome.summary,
  };
}

function ratesOf(guard: HostGuard | false, { rate }: BesideOptions): readonly RateLimit[] {
  const limits = rate === undefined ? [] : [new RateLimit(rate)];
  return guard ? [...limits, guard.rate] : limits;
}

function tellChanged({ changed }: SetWatch): string {
  const [first, ...others] = changed;
  if (first === undefined) return '';
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `${first.path}${more} changed, went or can't be read: not all of it was filled`;
}

function nothingMissing(before: SetState): Ending {
  const failed = before.unfillable.length > 0;
  return failed
    ? { stopped: 'useless', why: 'none of the files that are missing can be read' }
    : { stopped: 'warm-already', why: 'everything was resident already' };
}

async function underGuard(
  { guard, watch, tree, options }: DriveParts,
  drive: Drive,
  readBytes: () => number,
): Promise<{ readonly ending: Ending; readonly summary: GuardSummary | null }> {
  if (!guard) {
    const signal = options.signal ?? new AbortController().signal;
    return { ending: await drive.run(signal), summary: null };
  }
  const files = watch.files.filter(({ toRead }) => toRead > 0).map(({ file }) => file);
  // Before the guard's first look: whom it may not take for a neighbour.
  await drive.seeTree();
  const { result, stopped, summary } = await guard.watch(
    files,
    options.signal,
    ({ signal, onStart }) => {
      onStart(readBytes);
      return drive.run(signal);
    },
    () => tree.sample(),
  );
  return { ending: stopped ? { stopped: 'guard', why: stopped.message } : result, summary };
}

async function watchOn(drive: Drive, signal: AbortSignal | undefined): Promise<void> {
  while (!signal?.aborted) {
    if ((await drive.seeTree()).gone) return;
    await delay(WATCH_ON_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Null where it isn't known of every file. */
function known({ residentBytes, unknownFiles }: SetState): number | null {
  return unknownFiles > 0 ? null : residentBytes;
}

/**
 * What came into the cache came by us or by the loader; what was dropped had come, too. Never more than its processes
 * fetched altogether, where that is told: others may read the set as well.
 */
function leftToLoader(before: SetState, after: SetState, drive: Drive, tree: ServerTree): number | null {
  const [was, is] = [known(before), known(after)];
  if (was === null || is === null) return null;
  const grown = is + drive.droppedBytes - was - drive.fetchedBytes;
  const left = Math.max(0, drive.course.theirBytes, grown);
  // What those read who are gone was last seen a while before they went.
  return tree.readBytes === null || tree.gone ? left : Math.min(left, tree.readBytes);
}

/** Milliseconds from the server's start to the first look that saw its loader with a file of the set. */
function sinceStart(startedMs: number | null, { firstSeenMs }: Drive): number | null {
  return startedMs === null || firstSeenMs === null ? null : Math.max(0, firstSeenMs - startedMs);
}

/** When the server began, by performance.now(). */
async function readStart(pid: number): Promise<number | null> {
  const [server, own] = await Promise.all([readProcessIo(pid), readProcessIo('self')]);
  if (server.startTicks === null || own.startTicks === null) return null;
  // By our own start and age: `/proc/uptime` tells a container's age in containers that have lxcfs.
  const ageMs = process.uptime() * 1000 - ((server.startTicks - own.startTicks) / TICKS_PER_SECOND) * 1000;
  return performance.now() - ageMs;
}

function explain(way: BesideWay, drive: Drive, budget: Budget, missing: number): string {
  if (way === 'window') {
    return `${formatBytes(missing)} were missing and the budget allows ${formatBytes(budget.allowed)} (${budget.reason}): a window in front of the loader`;
  }
  if (way === 'read-ahead') return 'only just in front of the loader, in the files that it had begun';
  if (drive.fetchedBytes === 0 && drive.course.theirBytes > 0) return besideWhom(drive);
  return drive.beside ? besideWhom(drive) : 'filled in the order of the set, before the loader asked';
}

/** What was found out beside a loader that read from the device itself. */
function besideWhom({ course }: Drive): string {
  switch (course.seen) {
    case 'gain':
      return 'the loader read from the device already: filled in front of it, because both together read more than it did alone';
    case 'no-gain':
      return 'the loader read from the device already, and both together read no more than it did alone: left to it';
    case 'full-queue':
      return 'the loader read from the device already and kept its queue full: left to it, since a second reader would have taken from it';
    case 'nothing':
      return 'the loader read from the device already, and was gone or ready before it was known whether a fill beside it helps';
  }
}
