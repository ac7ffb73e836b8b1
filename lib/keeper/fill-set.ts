import { cutToBudget } from '../budget/index.ts';
import type { Config } from '../config/index.ts';
import type { RateLimit, WarmedFile, WarmResult } from '../fill/index.ts';
import type { Reason } from '../guard/index.ts';
import type { JobOptions } from '../native/job.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { formatBytes } from '../units.ts';
import type { GuardedFills, KeeperDependencies, KeeperWarmOptions } from './dependencies.ts';
import { type MeasuredFile, type MeasuredSet, setOf } from './measure-sets.ts';
import type { PauseWatch } from './pause-watch.ts';
import { sum } from './report.ts';

export interface FillTask {
  readonly set: MeasuredSet;
  /** Bytes that may be read. */
  readonly readBytes: number;
  readonly missingOf: (file: MeasuredFile) => number;
  readonly chargeOf: (file: MeasuredFile) => number;
  readonly config: Config;
  readonly fills: GuardedFills;
  readonly rate: RateLimit | undefined;
  readonly watch: PauseWatch;
  readonly onProgress: () => void;
}

export interface FilledSet {
  readonly files: readonly WarmedFile[];
  readonly readBytes: number;
  readonly lostBytes: number;
  readonly seconds: number;
  /** Why to read on would do harm; `null` when it wouldn't. */
  readonly bad: Reason | null;
}

/** A little is lost in any large fill; a twentieth of it is not an accident. */
const HARMFUL_LOSS = 0.05;

/** Reads what a set misses, whole files first; `null` where there is nothing that may be read. */
export async function fillSet(task: FillTask, { pageSize }: KeeperDependencies): Promise<FilledSet | null> {
  const items = task.set.files.map((file) => ({
    file,
    residentBytes: 0,
    missingBytes: task.missingOf(file),
  }));
  const { decisions } = cutToBudget(items, task.readBytes, pageSize());
  const chosen = decisions.filter(({ bytes }) => bytes > 0);
  if (chosen.length === 0) return null;
  const maxBytes = sum(chosen, ({ item, bytes }) => task.chargeOf(item.file) + bytes);
  const files = chosen.map(({ item }) => item.file.file);
  return judge(await task.fills.warm(setOf(files), toOptions(task, maxBytes)), task.watch);
}

/** Reads what a snapshot has of a set's files; `null` where that is nothing. */
export async function restoreSet(task: FillTask, snapshot: Snapshot): Promise<FilledSet | null> {
  const paths = new Set(task.set.files.map(({ file }) => file.path));
  const files = snapshot.files.filter(({ path }) => paths.has(path));
  if (files.length === 0 || task.readBytes === 0) return null;
  const { fill } = await task.fills.restoreSnapshot({ ...snapshot, files }, toOptions(task, task.readBytes));
  return judge(fill, task.watch);
}

function toOptions({ config, rate, watch, onProgress }: FillTask, maxBytes: number): KeeperWarmOptions {
  const { engine, streams, window: windowBytes, touch, ioClass } = config.fill;
  const { fractionOfAvailable } = config.budget;
  return {
    budget: { maxBytes, fractionOfAvailable },
    engine,
    streams,
    windowBytes,
    touch,
    priority: toPriority(ioClass),
    rate,
    signal: watch.signal,
    onProgress,
  };
}

export function toPriority(ioClass: Config['fill']['ioClass']): NonNullable<JobOptions['priority']> {
  if (ioClass === 'idle') return 'idle';
  return ioClass === 'none' ? 'normal' : { ioClass, nice: 19 };
}

function judge(result: WarmResult, watch: PauseWatch): FilledSet {
  const { files, read, lost, seconds } = result;
  return { files, readBytes: read, lostBytes: lost, seconds, bad: watch.reason ?? whyBad(result, watch) };
}

function whyBad({ stopped, lost, read, lostTo }: WarmResult, { objection }: PauseWatch): Reason | null {
  if (stopped?.reason === 'guard') return { code: objection?.code ?? 'blind', message: stopped.detail };
  if (lost === 0 || lost < read * HARMFUL_LOSS) return null;
  const gone = `${formatBytes(lost)} were evicted while ${formatBytes(read)} were read`;
  return { code: 'evicted-again', message: `${gone}: ${lostTo ?? 'nobody knows by whom'}` };
}
