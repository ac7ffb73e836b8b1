import { type HostOptions, parseCount, readHostTextOrNull } from './host-file.ts';

/**
 * Events of the whole host since boot, from `/proc/vmstat` (proc_vmstat(5)). Only ever grow; `null` where this kernel
 * doesn't say. The node's figures even inside a container.
 */
export interface Vmstat {
  /** Pages read back from swap. */
  readonly swapInPages: number | null;
  /** Pages of files that were read again soon after they were evicted. One counter for all kinds before 5.9. */
  readonly refaultedFilePages: number | null;
  /** Page faults that had to wait for a read, of every process. */
  readonly majorFaults: number | null;
}

/** Pure reading of `/proc/vmstat`'s text. Lines that are missing or garbled become `null`. */
export function parseVmstat(text: string): Vmstat {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name, value, rest] = line.trimEnd().split(' ');
    const count = rest === undefined ? parseCount(value) : null;
    if (name && count !== null) counts.set(name, count);
  }
  return {
    swapInPages: counts.get('pswpin') ?? null,
    refaultedFilePages: counts.get('workingset_refault_file') ?? counts.get('workingset_refault') ?? null,
    majorFaults: counts.get('pgmajfault') ?? null,
  };
}

/** Reads `/proc/vmstat`. Every field is `null` when the file can't be read. */
export async function readVmstat(options: HostOptions = {}): Promise<Vmstat> {
  return parseVmstat((await readHostTextOrNull('/proc/vmstat', options)) ?? '');
}
