import type { RawFailure } from './addon-types.ts';

export interface RawFillTrouble {
  readonly index: number;
  readonly fate: 'failed' | 'truncated' | 'replaced';
  readonly failedAt: number;
  readonly error?: RawFailure;
}

/** One place a file, in order; files without trouble are missing from `troubles`. */
export interface RawFillOutcomes {
  readonly filled: Float64Array;
  readonly read: Float64Array;
  readonly troubles: readonly RawFillTrouble[];
}

export interface RawFillProgress {
  readonly filled: number;
  readonly read: number;
  readonly filesDone: number;
}

export interface RawFill {
  readonly promise: Promise<RawFillOutcomes & { readonly priorityError?: RawFailure }>;
  progress(): RawFillProgress;
  /** As far as it is. */
  outcomes(): RawFillOutcomes;
}
