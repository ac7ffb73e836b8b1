import type { RawSurvey } from '../native/addon-types.ts';

/** A part of a file to go through, of which `missing` bytes aren't resident. Bytes. */
export interface FillExtent {
  readonly offset: number;
  readonly length: number;
  readonly missing: number;
}

type Windows = Pick<
  RawSurvey,
  'size' | 'window' | 'cached' | 'tailCached' | 'cachedByWindow' | 'dataByWindow'
>;

/**
 * The windows of a file that aren't wholly resident, neighbours joined where all of both is missing. Holes are never
 * missing: reading one allocates zero pages and brings nothing in. Pure.
 */
export function missingExtents(windows: Windows, pageSize: number): FillExtent[] {
  const { size, window, cached: total, tailCached, dataByWindow } = windows;
  const cachedByWindow = windows.cachedByWindow ?? Uint32Array.of(total);
  // The last page is short; what it misses is only what the file has of it.
  const beyond = !tailCached && size % pageSize > 0 ? pageSize - (size % pageSize) : 0;
  const extents: FillExtent[] = [];
  cachedByWindow.forEach((cached, index) => {
    const offset = index * window;
    const length = Math.min(window, size - offset);
    const pages = dataByWindow?.[index] ?? Math.ceil(length / pageSize);
    const isLast = offset + length === size;
    const missing = clamp((pages - cached) * pageSize - (isLast ? beyond : 0), length);
    if (missing === 0) return;
    const last = extents.at(-1);
    const joins =
      last && last.offset + last.length === offset && last.missing === last.length && missing === length;
    if (joins) {
      extents[extents.length - 1] = {
        offset: last.offset,
        length: last.length + length,
        missing: last.missing + missing,
      };
    } else {
      extents.push({ offset, length, missing });
    }
  });
  return extents;
}

function clamp(bytes: number, most: number): number {
  return Math.min(Math.max(0, bytes), most);
}

/**
 * The first extents that together miss no more than `bytes`. One that misses everything can be taken in part; of one
 * that misses an unknown part the whole is taken or nothing. Pure.
 */
export function takeMissing(extents: readonly FillExtent[], bytes: number): FillExtent[] {
  const taken: FillExtent[] = [];
  let room = bytes;
  for (const extent of extents) {
    if (extent.missing <= room) {
      taken.push(extent);
      room -= extent.missing;
      continue;
    }
    if (extent.missing === extent.length && room > 0) {
      taken.push({ offset: extent.offset, length: room, missing: room });
    }
    break;
  }
  return taken;
}

/** Triples in one list: a third of the memory of objects, which counts for a hundred thousand files. */
export function packExtents(extents: readonly FillExtent[]): readonly number[] {
  // The copy is as long as it has to be: what flatMap returns keeps room for sixteen numbers more.
  return extents.flatMap(({ offset, length, missing }) => [offset, length, missing]).slice();
}

/** Runs of bytes that are missing altogether. */
export function extentsOfRuns(runs: Float64Array): FillExtent[] {
  return Array.from({ length: runs.length / 2 }, (_, index) => {
    const [offset = 0, length = 0] = runs.subarray(index * 2, index * 2 + 2);
    return { offset, length, missing: length };
  });
}

/** The triples again as extents. */
export function unpackExtents(packed: readonly number[]): FillExtent[] {
  return Array.from({ length: packed.length / 3 }, (_, index) => {
    const [offset = 0, length = 0, missing = 0] = packed.slice(index * 3, index * 3 + 3);
    return { offset, length, missing };
  });
}
