import { type HostOptions, parseCount, readHostTextOrNull } from './host-file.ts';

/**
 * Reads `/proc/sys/vm/swappiness`: 0 to 200, how readily the kernel swaps memory out rather than drop page cache
 * (Documentation/admin-guide/sysctl/vm.rst). `null` when it can't be read.
 */
export async function readSwappiness(options: HostOptions = {}): Promise<number | null> {
  return parseCount(await readHostTextOrNull('/proc/sys/vm/swappiness', options));
}
