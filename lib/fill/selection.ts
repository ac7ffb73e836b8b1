import type { FilePages } from '../residency/look-closer.ts';
import { intersectRuns, lengthOfRuns, type Runs, subtractRuns, toByteRuns } from '../residency/runs.ts';

/** What is wanted of one file, and what of that is missing. Bytes; holes count nowhere. */
export interface Selection {
  /** Pairs of offset and length: whole pages, ascending, inside the file. */
  readonly ranges: Float64Array;
  readonly asked: number;
  /** Null where it can't be known, and then everything wanted is missing. */
  readonly alreadyResident: number | null;
  /** Resident outside of what is wanted; null where it can't be known. */
  readonly residentOutside: number | null;
  /** Exactly what is wanted and not resident: runs of bytes. */
  readonly missing: Runs;
}

/**
 * What of the wanted pages is to be read of a file. Pure.
 *
 * @param pages null where nobody can be trusted to know
 */
export function selectMissing(
  wanted: Runs,
  pages: FilePages | null,
  size: number,
  pageSize: number,
): Selection {
  const bytes = (runs: Runs): Runs => toByteRuns(runs, size, pageSize);
  const present = pages?.data ? intersectRuns(wanted, pages.data) : wanted;
  const absent = bytes(pages ? subtractRuns(present, pages.resident) : present);
  const asked = lengthOfRuns(bytes(present));
  const inside = pages ? asked - lengthOfRuns(absent) : null;
  return {
    ranges: bytes(wanted),
    asked,
    alreadyResident: inside,
    residentOutside: pages && inside !== null ? lengthOfRuns(bytes(pages.resident)) - inside : null,
    missing: absent,
  };
}
