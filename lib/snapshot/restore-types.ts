import type { FileFailure } from '../errors.ts';
import type { FillPlan, WarmOptions, WarmResult } from '../fill/index.ts';

/** All of a fill, but what is to be read: that is in the snapshot. */
export type RestoreOptions = Omit<WarmOptions, 'select'>;

/** What became of one recorded file. */
export type RestoreState =
  /** Pages were read, and all that were recorded are resident. */
  | 'restored'
  /** All that were recorded were resident before; also where none was. */
  | 'already-resident'
  /** The budget left out some of its pages. */
  | 'out-of-budget'
  /** Another file is at its path, or it was written: its pages are of other bytes. Nothing was read. */
  | 'changed'
  | 'missing'
  | 'unreadable'
  /** Its pages weren't known when the snapshot was taken. */
  | 'not-recorded'
  /** Some of its pages aren't resident now, or nobody can be trusted to know; `detail` says why. */
  | 'incomplete'
  /** Pages would be read: in a plan only. */
  | 'to-restore';

/** Bytes; holes count nowhere. */
export interface RestoredFile {
  readonly path: string;
  /** The path as bytes, only where it isn't UTF-8. */
  readonly rawPath?: Buffer;
  readonly state: RestoreState;
  /** Why, in words; null where there is nothing to explain. */
  readonly detail: string | null;
  /** Resident when the snapshot was taken; null where it wasn't known. */
  readonly recorded: number | null;
  /** Of the recorded bytes; null where it can't be known, or nobody asked. */
  readonly alreadyResident: number | null;
  /** To be read, or read. */
  readonly read: number;
  /** Of the recorded bytes, measured afterwards; null where it can't be known, or nobody asked. */
  readonly residentNow: number | null;
  /** Came in beside the recorded pages, by the kernel's read-ahead or other readers; null where it can't be known. */
  readonly beside: number | null;
  readonly failure: FileFailure | null;
}

export interface RestorePlan {
  /** One for each recorded file, in their order. */
  readonly files: readonly RestoredFile[];
  readonly recorded: number;
  /** What `warm` would do with the recorded parts of the files that are as they were. */
  readonly plan: FillPlan;
}

export interface RestoreResult {
  /** One for each recorded file, in their order. */
  readonly files: readonly RestoredFile[];
  /** Bytes resident when the snapshot was taken, of the files of which it was known. */
  readonly recorded: number;
  /** Over the files of which it can be known. */
  readonly beside: number;
  readonly fill: WarmResult;
}
