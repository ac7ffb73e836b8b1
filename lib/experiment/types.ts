import type { StartupReport } from '../probe/startup/types.ts';
import type { MachineFacts } from './machine-facts.ts';

export const BUILT_IN_CONDITIONS = ['cold', 'prewarm', 'warm', 'run'] as const;
export type BuiltInCondition = (typeof BUILT_IN_CONDITIONS)[number];

/**
 * What the files are like when the reader starts:
 * - `cold`: none of them in memory;
 * - `prewarm`: cold, then filled; the fill's time counts;
 * - `warm`: all in memory, whatever that took;
 * - `run`: cold, and the fill starts together with the reader;
 * - `command`: cold, then a command of the user's; its time counts.
 */
export type Condition =
  | { readonly kind: BuiltInCondition; readonly name: BuiltInCondition }
  | { readonly kind: 'command'; readonly name: string; readonly command: string };

/**
 * Who reads the files, and is timed:
 * - `scan`: every page faulted in through a mapping, then every byte copied out, as loaders do that map;
 * - `mmap`, `read`: one of both alone;
 * - `command`: a shell command; `{}` stands for the files, which are in `$WARMSET_TARGETS`, too, one a line;
 * - `server`: a server is started for each trial, and timed until the first token of its first answer.
 */
export type Reader =
  | { readonly kind: 'scan' | 'mmap' | 'read' }
  | { readonly kind: 'command'; readonly command: string }
  | ({ readonly kind: 'server'; readonly command: string } & ServerRequest);

export interface ServerRequest {
  /** Of the server's API, such as `http://127.0.0.1:8000`; null: as its command line says. */
  readonly url: string | null;
  /** Null: the first that the server names. */
  readonly model: string | null;
  /** Null: the probe's own. */
  readonly prompt: string | null;
}

/** Everything that decides which trials are made, and in which order. */
export interface Design {
  readonly conditions: readonly Condition[];
  /** Trials of each condition, and with each scheduler. From 3. */
  readonly rounds: number;
  /** An unsigned 32-bit integer. */
  readonly seed: number;
  readonly reader: Reader;
  /** Read the set once, unrecorded, before the first trial. */
  readonly prelude: boolean;
  /** Drop the whole host's page cache before each trial, not only these files. */
  readonly dropCaches: boolean;
  /** I/O schedulers to compare; empty leaves the device as it is. */
  readonly schedulers: readonly string[];
}

export interface PlannedTrial {
  /** From 0, in the order of the run. */
  readonly index: number;
  /** From 0. */
  readonly round: number;
  /** The name of a condition. */
  readonly condition: string;
  readonly scheduler: string | null;
}

/** What went on while a trial ran. Null where the host doesn't tell. */
export interface Interference {
  /** Milliseconds for which at least one task of the host stood still for want of it; our own are among them. */
  readonly stalledMs: {
    readonly cpu: number | null;
    readonly io: number | null;
    readonly memory: number | null;
  };
  /** Bytes read from the device, by anyone. */
  readonly deviceBytes: number | null;
  /** Bytes that this process and the children it waited for read, from any device. */
  readonly ourBytes: number | null;
  /** The first less the second: what others read meanwhile. */
  readonly othersBytes: number | null;
  /** One-minute load average at the start. */
  readonly load: number;
}

export interface TimelinePoint {
  /** Since the start of the preparation. */
  readonly ms: number;
  readonly residentBytes: number | null;
  /** Read from the device since the start. */
  readonly deviceBytes: number | null;
}

/** What a server told of its start. */
export interface ServerTimes {
  /** From spawn to ready. */
  readonly readyMs: number;
  readonly first: FirstToken;
  /** The same request once more, at once; null where it failed. */
  readonly second: FirstToken | null;
  readonly startup: StartupReport | null;
}

/** One streamed request. */
export interface FirstToken {
  readonly ttftMs: number;
  readonly endToEndMs: number;
  readonly tokens: number | null;
}

interface TrialFacts extends PlannedTrial {
  readonly type: 'trial';
  /** From 1: a void trial is taken again. */
  readonly attempt: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface DoneTrial extends TrialFacts {
  readonly state: 'done';
  /** The fill or the command before the reader; null where nothing counts, and with `run`, whose fill runs beside it. */
  readonly preparationMs: number | null;
  /** What the reader or the server waited for. */
  readonly loadMs: number;
  /** Both together. */
  readonly totalMs: number;
  /** Bytes resident when the reader started, and when it had ended. */
  readonly residentAtLoad: number;
  readonly residentAfter: number | null;
  readonly server: ServerTimes | null;
  /** For how long the guard slowed or paused the fill that counts, and why last; null where it didn't, or nothing was filled. */
  readonly held: Held | null;
  readonly interference: Interference;
  readonly timeline: readonly TimelinePoint[];
}

export interface Held {
  readonly ms: number;
  readonly why: string;
}

/** A trial that doesn't count, and why. */
export interface VoidTrial extends TrialFacts {
  readonly state: 'void';
  readonly why: string;
}

export type Trial = DoneTrial | VoidTrial;

/** One file as it was when the experiment began. */
export interface FileFacts {
  readonly path: string;
  /** Base64 of the path's bytes, only where they aren't UTF-8. */
  readonly pathBytes?: string;
  readonly dev: string;
  readonly ino: string;
  readonly size: number;
  /** Nanoseconds since the epoch; null where the file couldn't be looked at. */
  readonly modifiedNs: string | null;
}

/** What is written before the first trial. */
export interface Header {
  readonly type: 'header';
  readonly schema: 'warmset.trials/1';
  readonly startedAt: string;
  readonly design: Design;
  readonly machine: MachineFacts;
  readonly files: readonly FileFacts[];
}
