import { WarmsetError } from '../errors.ts';
import {
  intersectRuns,
  joinRuns,
  lengthOfRuns,
  NO_RUNS,
  type Runs,
  subtractRuns,
  toByteRuns,
} from '../residency/runs.ts';
import type { FillExtent } from './extents.ts';

/** A part of a file in bytes, whole numbers from 0. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** What is wanted of one file, and what of that is missing. Bytes; holes count nowhere. */
export interface Selection {
  /** Pairs of offset and length: whole pages, ascending, inside the file. */
  readonly ranges: Float64Array;
  readonly asked: number;
  /** Null where it can't be known, and then everything wanted is missing. */
  readonly alreadyResident: number | null;
  /** Resident outside of what is wanted; null where it can't be known. */
  readonly residentOutside: number | null;
  /** Exactly what is wanted and not resident. */
  readonly missing: readonly FillExtent[];
}

/** Which pages are resident, and which aren't holes (null: none is one). */
export interface SelectablePages {
  readonly resident: Runs;
  readonly data: Runs | null;
}

/**
 * What of the wanted pages is to be read of a file. Pure.
 *
 * @param pages null where nobody can be trusted to know
 */
export function selectMissing(
  wanted: Runs,
  pages: SelectablePages | null,
  size: number,
  pageSize: number,
): Selection {
  const bytes = (runs: Runs): Runs => toByteRuns(runs, size, pageSize);
  const present = pages?.data ? intersectRuns(wanted, pages.data) : wanted;
  const absent = bytes(pages ? subtractRuns(present, pages.resident) : present);
  const missing: FillExtent[] = [];
  for (let index = 0; index < absent.length; index += 2) {
    const [offset = 0, length = 0] = absent.subarray(index, index + 2);
    missing.push({ offset, length, missing: length });
  }
  const asked = lengthOfRuns(bytes(present));
  const inside = pages ? asked - lengthOfRuns(absent) : null;
  return {
    ranges: bytes(wanted),
    asked,
    alreadyResident: inside,
    residentOutside: pages && inside !== null ? lengthOfRuns(bytes(pages.resident)) - inside : null,
    missing,
  };
}

/**
 * The pages that ranges touch, in a file of `size` bytes. Ranges may come in any order and overlap; what lies behind the
 * end of the file is left out. Pure.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a range that isn't made of whole numbers from 0
 */
export function toWantedPages(ranges: readonly ByteRange[], size: number, pageSize: number): Runs {
  const pages = Math.ceil(size / pageSize);
  const touched = ranges
    .map((range) => {
      checkRange(range);
      const first = Math.min(pages, Math.floor(range.offset / pageSize));
      const end = Math.min(pages, Math.ceil((range.offset + range.length) / pageSize));
      return { first, end: range.length === 0 ? first : end };
    })
    .filter(({ first, end }) => end > first)
    .sort((a, b) => a.first - b.first);
  let reached = 0;
  const runs = touched.flatMap(({ first, end }) => {
    const start = Math.max(first, reached);
    reached = Math.max(reached, end);
    return end > start ? [Float64Array.of(start, end - start)] : [];
  });
  return runs.length === 0 ? NO_RUNS : joinRuns(runs);
}

function checkRange({ offset, length }: ByteRange): void {
  const end = offset + length;
  if ([offset, length, end].every((bytes) => Number.isSafeInteger(bytes) && bytes >= 0)) return;
  throw new WarmsetError(
    'WARMSET_BAD_ARGUMENT',
    `A selected range has the offset ${String(offset)} and the length ${String(length)}: both must be whole numbers from 0.`,
    { subject: 'select', remedy: 'Give offset and length in bytes.' },
  );
}
