import type { BudgetChoice, HostGuard } from '../fill/index.ts';
import type { RawPath } from '../native/addon-types.ts';
import type { TargetFailure, WarmSet } from '../targets/index.ts';
import type { ServerExit } from './child/exit.ts';
import type { OutputChoice } from './child/spawn-child.ts';
import type { LaunchDependencies } from './dependencies.ts';
import type { Readiness, Ready } from './readiness/readiness.ts';
import type { LaunchReport } from './report.ts';
import type { BesideProgress, BesideResult, RecognisedServer } from './types.ts';

/** What the server is held back for. Whichever comes first lets it start, and so does an end of the fill. */
export interface WaitFor {
  /** Of the set's bytes that must be resident, 0 to 1. */
  readonly share?: number | undefined;
  /** Milliseconds at most. @default 300000 with a share */
  readonly ms?: number | undefined;
}

/** Names of files, directories, globs and models, or what they were resolved to. */
export type LaunchSet = WarmSet | readonly RawPath[];

/** How a fill beside a server is chosen and held. */
export interface CompanionOptions {
  /** What to warm. @default what the command line and environment name */
  readonly set?: LaunchSet | undefined;
  /** @default 'auto' */
  readonly readiness?: Readiness | undefined;
  readonly budget?: BudgetChoice | undefined;
  readonly guard?: HostGuard | false | undefined;
  /** Bytes a second that the fill may read. @default unlimited */
  readonly rate?: number | undefined;
  /** Evict what the loader has consumed, where the set is larger than the budget. @default false */
  readonly dropBehind?: boolean | undefined;
  /** Told in the order in which things happen. What it throws is lost. */
  readonly onEvent?: ((event: LaunchEvent) => void) | undefined;
  readonly dependencies?: LaunchDependencies | undefined;
}

export interface LaunchOptions extends CompanionOptions {
  /** A program, looked for in PATH unless it has a slash, and its arguments. Words that aren't UTF-8 come as bytes. */
  readonly command: readonly RawPath[];
  /** `NAME=value`, all of it. @default this process's own */
  readonly environment?: readonly RawPath[] | undefined;
  /** Where it starts, and relative targets. @default this process's own */
  readonly cwd?: string | undefined;
  /** @default 'ignore' */
  readonly stdin?: 'inherit' | 'ignore' | undefined;
  /** Only a sink lets its log be read: phases and readiness by log need one. @default 'inherit' */
  readonly stdout?: OutputChoice | undefined;
  readonly stderr?: OutputChoice | undefined;
  /** Both go to stdout's choice through one pipe, which keeps their order. @default false */
  readonly joined?: boolean | undefined;
  readonly waitFor?: WaitFor | undefined;
  /** Sends SIGTERM to the server. The launch ends when the server does. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from that SIGTERM to SIGKILL. @default never */
  readonly killAfterMs?: number | undefined;
}

export type LaunchEvent =
  | { readonly type: 'spawned'; readonly pid: number }
  /** The server waits for the fill. */
  | { readonly type: 'waiting'; readonly waitFor: WaitFor }
  | ({ readonly type: 'found' } & Found)
  | { readonly type: 'progress'; readonly progress: BesideProgress }
  | ({ readonly type: 'ready' } & Ready)
  | { readonly type: 'filled'; readonly result: BesideResult }
  /** Something of ours failed, which is no reason for the server not to run. */
  | { readonly type: 'trouble'; readonly doing: string; readonly error: unknown }
  | { readonly type: 'exited'; readonly exit: ServerExit };

/** What there is to warm, and what will be done with it. */
export interface Found {
  readonly server: RecognisedServer | null;
  readonly targets: readonly FoundTarget[];
  readonly files: number;
  /** Bytes. */
  readonly size: number;
  readonly residentBytes: number | null;
  /** Targets that could not be used. */
  readonly failures: readonly TargetFailure[];
  /** Null when it is filled; otherwise why not, in words. */
  readonly idle: string | null;
  /** What is to be known about filling it, in words; null for nothing. */
  readonly note: string | null;
}

export interface FoundTarget {
  readonly target: string;
  /** Where it was read: `--model`, `--set`. */
  readonly from: string;
}

/** What became of a launch. */
export interface LaunchResult {
  readonly exit: ServerExit;
  /** As a shell has it: 128 + n by signal n, 127 for what isn't there, 126 for what can't be run. */
  readonly exitCode: number;
  readonly report: LaunchReport;
}

/** A server and the fill beside it. None of its promises rejects. */
export interface LaunchedServer {
  /** Null until it is started, and when it could not be. */
  readonly pid: number | null;
  /** Its process id, once it has one: at once, unless it is held back. Null when it could not be started. */
  readonly started: Promise<number | null>;
  /** Null when it ended first, or when nothing can tell: no address is known and its output isn't read. */
  readonly ready: Promise<Ready | null>;
  /** Null when nothing was filled. */
  readonly filled: Promise<BesideResult | null>;
  readonly exited: Promise<LaunchResult>;
  /** What is known by now. */
  report(): LaunchReport;
  /** False when it isn't there. @default 'SIGTERM' */
  kill(signal?: NodeJS.Signals): boolean;
}
