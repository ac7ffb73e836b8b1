import type { JobOptions } from '../native/index.ts';
import { folioLayout } from '../residency/folios.ts';
import type { FolioLayout } from '../residency/index.ts';
import type { WarmFile } from '../targets/index.ts';
import type { FoliosReading } from './readings.ts';

// Smaller files don't fill a huge folio.
const LEAST_BYTES = 2 * 2 ** 20;
// The largest files tell; and a diagnosis shouldn't take long.
const MOST_FILES = 64;
const WINDOWS = 16;
// What read-ahead with its usual 128 KiB still gives may be half of that.
const SMALL_BYTES = 64 * 2 ** 10;

/** How the set's larger files lie in the cache, by device number. */
export async function gatherFolios(
  files: readonly WarmFile[],
  options: JobOptions,
): Promise<ReadonlyMap<bigint, FoliosReading>> {
  const looked = files
    .filter(({ size }) => size >= LEAST_BYTES)
    .toSorted((a, b) => b.size - a.size)
    .slice(0, MOST_FILES);
  const layouts = await folioLayout(looked, { ...options, windows: WINDOWS });
  const readings = new Map<bigint, FoliosReading>();
  for (const layout of layouts) {
    const { dev } = layout.file;
    readings.set(
      dev,
      add(readings.get(dev) ?? { known: 0, small: 0, example: null, estimated: false }, layout),
    );
  }
  return readings;
}

function add(reading: FoliosReading, layout: FolioLayout): FoliosReading {
  const small = isSmall(layout);
  if (small === null) return reading;
  return {
    known: reading.known + 1,
    small: reading.small + (small ? 1 : 0),
    example: reading.example ?? (small ? layout.file.path : null),
    estimated: reading.estimated || layout.state === 'estimated',
  };
}

/** Whether most of what is cached lies in small folios; null where nothing is cached or nothing is known. Pure. */
export function isSmall(layout: FolioLayout): boolean | null {
  if (layout.state === 'unknown') return null;
  if (layout.state === 'estimated') return layout.verdict === 'small';
  const sum = (least: number): number =>
    layout.folios.reduce((all, { folioBytes, bytes }) => (folioBytes >= least ? all + bytes : all), 0);
  return sum(0) === 0 ? null : sum(SMALL_BYTES) < sum(0) / 2;
}
