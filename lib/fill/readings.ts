import type { BudgetReadings } from '../budget/index.ts';
import { type HostOptions, readCgroupMemory, readMeminfo } from '../host/index.ts';

/** What the budget of this process depends on, read now. */
export async function readBudgetReadings(options: HostOptions = {}): Promise<BudgetReadings> {
  const [meminfo, memory] = await Promise.all([readMeminfo(options), readCgroupMemory('self', options)]);
  if (memory.state === 'known') {
    return { memAvailable: meminfo.memAvailable, cgroups: memory.cgroups, gaps: memory.gaps };
  }
  const gaps = memory.state === 'unknown' ? [memory.reason] : [];
  return { memAvailable: meminfo.memAvailable, cgroups: [], gaps };
}
