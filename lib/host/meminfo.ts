import { type HostOptions, readHostTextOrNull } from './host-file.ts';

/**
 * The host's memory, in bytes, from `/proc/meminfo` (proc_meminfo(5)). `null` where this kernel doesn't say.
 *
 * These are the node's figures even inside a container: the limits of its cgroups are a separate reading.
 */
export interface Meminfo {
  readonly memTotal: number | null;
  readonly memFree: number | null;
  /** What could be allocated without swapping. Page cache counts as available, so warming hardly lowers it. */
  readonly memAvailable: number | null;
  readonly buffers: number | null;
  /** Page cache, tmpfs and shared memory included. */
  readonly cached: number | null;
  readonly activeFile: number | null;
  readonly inactiveFile: number | null;
  readonly unevictable: number | null;
  readonly mlocked: number | null;
  readonly swapTotal: number | null;
  readonly swapFree: number | null;
  readonly dirty: number | null;
  readonly writeback: number | null;
  readonly mapped: number | null;
  readonly shmem: number | null;
}

/** Pure reading of `/proc/meminfo`'s text. Lines that are missing or garbled become `null`. */
export function parseMeminfo(text: string): Meminfo {
  const bytes = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^([^:\s]+):\s+(\d+) kB$/.exec(line.trimEnd());
    const value = Number(match?.[2]) * 1024;
    if (match?.[1] !== undefined && Number.isSafeInteger(value)) bytes.set(match[1], value);
  }
  const of = (name: string): number | null => bytes.get(name) ?? null;
  return {
    memTotal: of('MemTotal'),
    memFree: of('MemFree'),
    memAvailable: of('MemAvailable'),
    buffers: of('Buffers'),
    cached: of('Cached'),
    activeFile: of('Active(file)'),
    inactiveFile: of('Inactive(file)'),
    unevictable: of('Unevictable'),
    mlocked: of('Mlocked'),
    swapTotal: of('SwapTotal'),
    swapFree: of('SwapFree'),
    dirty: of('Dirty'),
    writeback: of('Writeback'),
    mapped: of('Mapped'),
    shmem: of('Shmem'),
  };
}

/** Reads `/proc/meminfo`. Every field is `null` when the file can't be read. */
export async function readMeminfo(options: HostOptions = {}): Promise<Meminfo> {
  return parseMeminfo((await readHostTextOrNull('/proc/meminfo', options)) ?? '');
}
