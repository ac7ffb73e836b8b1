import { type FillExtent, packExtents } from './extents.ts';
import type { EngineChoice, PlannedFile } from './types.ts';

/** Files to be read by one engine. */
export interface Pass {
  readonly files: readonly PlannedFile[];
  readonly choice: EngineChoice;
  /** What one thread takes in one piece, bytes. @default 64 MiB */
  readonly stretchBytes?: number;
}

/**
 * Every engine but `willneed` makes the kernel read ahead of it: a few MiB past the end of what was asked for, twice
 * `read_ahead_kb` and more. Inside a file that is read whole that does no harm. Behind a budget's cut, or beside parts
 * that were selected, it is memory that nobody allowed, so this much before such an end is read by `willneed`, which
 * brings in what it is told to and no page more.
 */
export const EXACT_BYTES = 64 * 1024 * 1024;

/** The choice that brings in just what it is told to. */
export function exactly(choice: EngineChoice): EngineChoice {
  return { ...choice, engine: 'willneed', smallBytes: 0 };
}

/** The same file with fewer extents. */
export function withExtents(planned: PlannedFile, extents: readonly FillExtent[]): PlannedFile {
  const toRead = extents.reduce((sum, { missing }) => sum + missing, 0);
  return { ...planned, toRead, extents: packExtents(extents) };
}
