import type { Budget } from '../budget/index.ts';
import type { FileFailure } from '../errors.ts';
import type { Verdict } from '../guard/index.ts';
import type { WarmFile } from '../targets/index.ts';
import type { GuardSummary } from './guarding/round.ts';

/**
 * How a fill reads:
 * - `populate`: MADV_POPULATE_READ over a mapping advised for huge pages: no copy, 2 MiB folios;
 * - `sendfile`: sendfile(2) to /dev/null: no copy, folios as read-ahead makes them;
 * - `read`: pread(2) into a buffer: works everywhere, pays for a copy;
 * - `willneed`: posix_fadvise(2) in small pieces: 4 KiB folios, queues everything at once.
 */
export type Engine = 'populate' | 'sendfile' | 'read' | 'willneed';

export const ENGINES: readonly Engine[] = ['populate', 'sendfile', 'read', 'willneed'];

export interface EngineChoice {
  readonly engine: Engine;
  /** Contiguous stretches read at once, each by a thread of its own. */
  readonly streams: number;
  /** Bytes a call: bounds the memory mapped and the time until a cancel is seen. */
  readonly windowBytes: number;
  /** Pieces up to this many bytes are read by the engine `read`, whatever `engine` is; 0 for none. */
  readonly smallBytes: number;
  /** Whether the fill does what the first reader would have to; see {@link EngineOptions.touch}. */
  readonly touch: boolean;
  /** Nobody asked for a number of streams: the first bytes may be read with several, to find the best. */
  readonly calibrate: boolean;
  /** Why this engine and these numbers, in words. */
  readonly why: string;
}

/** One file of a plan. Bytes; holes count nowhere. */
export interface PlannedFile {
  readonly file: WarmFile;
  /** When planned: it may have grown or shrunk since the set was resolved. */
  readonly size: number;
  /** Bytes that aren't holes. */
  readonly asked: number;
  /** Resident when planned; null where that can't be known, and then everything is read. */
  readonly alreadyResident: number | null;
  /** Who counted, and will count again after the fill; null where nobody can be trusted. */
  readonly source: 'cachestat' | 'mincore' | null;
  /** Missing bytes that will be read within the budget. */
  readonly toRead: number;
  /** Triples of offset, length and missing bytes: what will be gone through to read them. */
  readonly extents: readonly number[];
  /** Where only parts of the file were asked for. */
  readonly selected?: SelectedParts;
}

/** The parts that were asked for, and what lay beside them. */
export interface SelectedParts {
  /** Pairs of offset and length in bytes: whole pages, ascending. */
  readonly ranges: Float64Array;
  /** Bytes resident outside of them when planned; null where that can't be known. */
  readonly residentOutside: number | null;
}

export interface FailedFile {
  readonly file: WarmFile;
  readonly failure: FileFailure;
}

/** What a fill would do. Nothing has been read yet. */
export interface FillPlan {
  readonly files: readonly PlannedFile[];
  /** Files that can't be read or needn't be, with the reason. */
  readonly failed: readonly FailedFile[];
  readonly asked: number;
  /** Over the files of which it is known. */
  readonly alreadyResident: number;
  readonly toRead: number;
  /** Missing bytes that the budget leaves out. */
  readonly leftOut: number;
  readonly budget: Budget;
}

export interface WarmProgress {
  readonly phase: 'measuring' | 'filling' | 'verifying';
  /** Missing bytes read so far, of `toRead`. */
  readonly read: number;
  readonly toRead: number;
  /** Measured, or with nothing left to do: filled, resident before, failed, left out by the budget. */
  readonly filesDone: number;
  readonly files: number;
  /** What the guard says at the moment; null without one. */
  readonly verdict: Verdict | null;
}

/** Why not everything that was asked for was attempted. */
export interface Stopped {
  readonly reason: 'budget' | 'aborted' | 'guard';
  /** In words. */
  readonly detail: string;
}

export interface WarmedFile {
  readonly file: WarmFile;
  readonly asked: number;
  readonly alreadyResident: number | null;
  readonly read: number;
  /** Measured after the fill; null where it can't be known. */
  readonly residentNow: number | null;
  /** Was resident or was read, and isn't resident any more. */
  readonly lost: number;
  readonly failure: FileFailure | null;
}

/** What was asked, done and verified, in bytes that aren't holes. */
export interface WarmResult {
  readonly asked: number;
  readonly alreadyResident: number;
  readonly read: number;
  readonly residentNow: number;
  readonly lost: number;
  /** To whom, as far as it can be known; null when nothing was lost. */
  readonly lostTo: string | null;
  /** Files whose residency can't be known even after the fill. */
  readonly unverifiedFiles: number;
  readonly engine: EngineChoice;
  /** Of the bytes read; null when nothing was. */
  readonly bytesPerSecond: number | null;
  /** From the first read to the last; measuring and verifying not counted. */
  readonly seconds: number;
  readonly budget: Budget;
  readonly stopped: Stopped | null;
  /** How the guard held the fill; `null` where it ran without one. */
  readonly guard: GuardSummary | null;
  readonly files: readonly WarmedFile[];
  /** The idle I/O class or nice value could not be set; the fill ran as the host's threads do. */
  readonly priorityFailure: FileFailure | null;
}
