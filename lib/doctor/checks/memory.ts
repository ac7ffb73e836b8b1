import { formatBytes } from '../../units.ts';
import { type Finding, note, ok, problem, warning } from '../finding.ts';
import type { Readings } from '../readings.ts';

/** The host's memory against the set, and its swap. */
export function checkMemory(readings: Readings): readonly Finding[] {
  return [ofAvailable(readings), ofSwap(readings)];
}

function ofAvailable({ memory, set }: Readings): Finding {
  const { memAvailable, memTotal } = memory;
  if (memAvailable === null) {
    const evidence = '/proc/meminfo has no readable MemAvailable.';
    return note('memory-available', "What memory is available isn't known", evidence);
  }
  const total = memTotal === null ? 'an unknown total' : formatBytes(memTotal);
  const evidence = `MemAvailable is ${formatBytes(memAvailable)} of ${total} (/proc/meminfo); page cache counts as available, the set's own included.`;
  const needed = set?.set.size ?? 0;
  if (memAvailable >= needed) {
    return ok('memory-available', `${formatBytes(memAvailable)} of memory are available`, evidence);
  }
  const title = `The set of ${formatBytes(needed)} is larger than the ${formatBytes(memAvailable)} available`;
  const never = memTotal !== null && memTotal < needed;
  const remedy = never
    ? 'Warm fewer files; this host has not the memory.'
    : 'Free memory, or warm fewer files.';
  return problem('memory-available', title, evidence, remedy);
}

function ofSwap({ memory: { swapTotal, swapFree }, swappiness }: Readings): Finding {
  if (swapTotal === null) {
    return note('swap', "Whether there is swap isn't known", '/proc/meminfo has no readable SwapTotal.');
  }
  if (swapTotal === 0) {
    const evidence =
      "SwapTotal is 0 (/proc/meminfo): the kernel can't swap a server's memory out to keep page cache.";
    return ok('swap', 'There is no swap', evidence);
  }
  const used = swapFree === null ? null : swapTotal - swapFree;
  const words = `${used === null ? 'an unknown part' : formatBytes(used)} of ${formatBytes(swapTotal)} in use (/proc/meminfo)`;
  const evidence = `${words}, vm.swappiness is ${swappiness ?? 'unknown'}: under pressure the kernel may swap a server's own memory out to keep page cache.`;
  const remedy =
    "Keep the server's memory in: echo 0 > memory.swap.max of its cgroup (v2), or lower vm.swappiness.";
  // Half gone is where a host has been swapping for real, not only parking what is never used.
  const heavy = used !== null && used > swapTotal / 2;
  if (heavy) return warning('swap', 'Most of the swap is in use', evidence, remedy);
  return note('swap', 'There is swap', evidence, remedy);
}
