import { type ReadCounters, readReadCounters, splitDevice } from '../../host/index.ts';
import type { WarmFile } from '../../targets/index.ts';

// What devices count in, whatever their own sectors are.
const SECTOR = 512;

/** How full the queue of the device is that a set lies on. Nothing is known of sets that lie on several. */
export class DeviceQueue {
  readonly #device: { readonly major: number; readonly minor: number } | null;
  #before: { readonly atMs: number; readonly counters: ReadCounters } | null = null;

  constructor(files: readonly WarmFile[]) {
    const [first] = files;
    const alone = first !== undefined && files.every(({ dev }) => dev === first.dev);
    this.#device = alone ? splitDevice(first.dev) : null;
  }

  /** Mean bytes of everybody's reads in flight since the call before; null where that isn't known. */
  async sinceLast(): Promise<number | null> {
    const { major, minor } = this.#device ?? { major: 0, minor: 0 };
    const counters = major === 0 ? null : await readReadCounters(major, minor);
    const before = this.#before;
    const atMs = performance.now();
    this.#before = counters && { atMs, counters };
    return before && counters ? bytesInFlight(before.counters, counters, atMs - before.atMs) : null;
  }
}

/**
 * Little's law: milliseconds that reads took together in a millisecond are reads in flight. Those that are in flight at
 * the end of the interval count with the next one. Pure.
 */
export function bytesInFlight(before: ReadCounters, now: ReadCounters, elapsedMs: number): number | null {
  const reads = now.readsCompleted - before.readsCompleted;
  const msReading = now.msReading - before.msReading;
  const bytes = (now.sectorsRead - before.sectorsRead) * SECTOR;
  // Counters wrap, and where nobody counts (iostats 0) they stand still.
  if (elapsedMs <= 0 || reads <= 0 || msReading < 0 || bytes < 0) return null;
  return (msReading / elapsedMs) * (bytes / reads);
}
