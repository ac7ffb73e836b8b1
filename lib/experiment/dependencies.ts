/** What an experiment works with. Everything of the host comes in here, so that tests can put something else in its place. */
import { writeFile } from 'node:fs/promises';
import { evict, planWarm, type WarmOptions, warm } from '../fill/index.ts';
import { mincore } from '../native/index.ts';
import type { StartupReport } from '../probe/startup/types.ts';
import { residency } from '../residency/index.ts';
import { openSchedulerSwitch } from '../scheduler-switch/index.ts';
import { pathBytes, type WarmSet } from '../targets/index.ts';
import { type Counters, findDevice, readCounters, readDeviceBytes } from './counters.ts';
import { readFileFacts } from './read-files.ts';
import { readMachine } from './read-machine.ts';
import { runCommand } from './run-command.ts';
import { scanFiles } from './scan.ts';
import type { FirstToken, ServerRequest } from './types.ts';

export interface ServerToStart {
  /** For the shell. */
  readonly command: string;
  /** Where it will answer; null: as its command line says. */
  readonly url: string | null;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export interface RunningServer {
  readonly pid: number;
  /** Resolves when it answers; rejects when it ends before, or can't be asked. */
  readonly ready: Promise<void>;
  /** What its log told so far; null where nothing of it was understood. */
  phases(): StartupReport | null;
  /** Resolves when it and all that it started are gone. */
  stop(): Promise<void>;
}

export interface TokenRequest extends ServerRequest {
  /** The server's command line, for where it listens. */
  readonly command: string;
  readonly signal: AbortSignal;
}

/** How servers are started and asked. */
export interface ServerDependencies {
  readonly startServer: (server: ServerToStart) => Promise<RunningServer>;
  readonly takeTtft: (request: TokenRequest) => Promise<FirstToken>;
}

export interface ExperimentDependencies {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  readonly residency: typeof residency;
  /** Resident pages of all files by mincore(2), page by page. Ask only of files whose residency is known. */
  readonly countPages: (set: WarmSet, signal: AbortSignal) => Promise<number>;
  readonly evict: typeof evict;
  readonly planWarm: typeof planWarm;
  readonly warm: (set: WarmSet, options: WarmOptions) => ReturnType<typeof warm>;
  /** Empties the page cache of the whole host; root only. */
  readonly dropCaches: () => Promise<void>;
  readonly scanFiles: typeof scanFiles;
  readonly runCommand: typeof runCommand;
  readonly findDevice: (set: WarmSet) => Promise<string | null>;
  readonly readCounters: (device: string | null) => Promise<Counters>;
  readonly readDeviceBytes: (device: string | null) => Promise<number | null>;
  readonly readMachine: typeof readMachine;
  readonly readFileFacts: typeof readFileFacts;
  readonly openSchedulerSwitch: typeof openSchedulerSwitch;
  /** Null: no server can be started. */
  readonly server: ServerDependencies | null;
}

async function countPages(set: WarmSet, signal: AbortSignal): Promise<number> {
  let pages = 0;
  for (const file of set.files) {
    if (file.size > 0) pages += (await mincore(pathBytes(file), { priority: 'normal', signal })).resident;
  }
  return pages;
}

/** The real ones, but for servers. */
export const HOST_EXPERIMENT: Omit<ExperimentDependencies, 'server'> = {
  now: () => Date.now(),
  clock: () => performance.now(),
  residency,
  countPages,
  evict,
  planWarm,
  warm,
  // 1: clean page cache alone. Inodes and dentries stay, as they would between two starts.
  dropCaches: () => writeFile('/proc/sys/vm/drop_caches', '1\n'),
  scanFiles,
  runCommand,
  findDevice,
  readCounters,
  readDeviceBytes,
  readMachine,
  readFileFacts,
  openSchedulerSwitch,
};
