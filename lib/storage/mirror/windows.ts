/** What is written between two calls of fdatasync(2), bytes: a kill loses no more, and no more is dirty at once. */
export const WINDOW_BYTES = 8 << 20;

/** Where the window that begins at `offset` ends: windows are aligned, so that folios of 2 MiB lie in one each. */
export function windowEnd(offset: number, size: number): number {
  return Math.min(size, (Math.floor(offset / WINDOW_BYTES) + 1) * WINDOW_BYTES);
}

/** How much may still be written. */
export interface Room {
  readonly bytes: number;
  /** What limits it. */
  readonly by: 'budget' | 'no-room';
}

/**
 * @param space of the destination's filesystem, bytes
 * @param keepFree share of it that stays free, 0 to 1
 * @param maxBytes that the mirror may take; `null`: no limit of its own
 * @param takenBytes that it takes already
 */
export function roomFor(
  space: { readonly total: number; readonly available: number },
  keepFree: number,
  maxBytes: number | null,
  takenBytes: number,
): Room {
  const free = Math.max(0, space.available - Math.ceil(space.total * keepFree));
  const budget = maxBytes === null ? Number.POSITIVE_INFINITY : Math.max(0, maxBytes - takenBytes);
  return budget < free ? { bytes: budget, by: 'budget' } : { bytes: free, by: 'no-room' };
}
