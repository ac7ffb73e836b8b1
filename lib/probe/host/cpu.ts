import { parseCount } from '../../host/host-file.ts';

/** Processor time since boot, in ticks of all processors together. */
export interface CpuTicks {
  readonly total: number;
  /** Everything but idling and waiting for a device. */
  readonly busy: number;
  /** Idle while a task waited for a device: an estimate of the kernel, proc_stat(5). */
  readonly waiting: number;
  readonly processors: number;
}

/** Pure reading of `/proc/stat`; `null` when it has no line of all processors. */
export function parseCpuTicks(text: string): CpuTicks | null {
  const lines = text.split('\n');
  const all = lines.find((line) => line.startsWith('cpu '));
  // user nice system idle iowait irq softirq steal; guest time is in user already.
  const [user, nice, system, idle, iowait, irq, softirq, steal] = (
    all?.trim().split(/\s+/).slice(1) ?? []
  ).map(parseCount);
  if (user == null || nice == null || system == null || idle == null) return null;
  const busy = user + nice + system + (irq ?? 0) + (softirq ?? 0) + (steal ?? 0);
  const waiting = iowait ?? 0;
  return {
    total: busy + idle + waiting,
    busy,
    waiting,
    processors: lines.filter((line) => /^cpu\d+ /.test(line)).length,
  };
}
