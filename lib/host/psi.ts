import { type HostOptions, readHostTextOrNull } from './host-file.ts';

/** Share of time that tasks stood still for want of a resource. Averages are ratios, 0 to 1. */
export interface PressureLine {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  /** Stalled time since boot (or since the cgroup began), in microseconds. Only ever grows. */
  readonly totalUs: number;
}

/** Pressure stall information of one resource (Documentation/accounting/psi.rst). */
export interface Pressure {
  /** At least one task stalled. */
  readonly some: PressureLine | null;
  /** Every task that wanted to run stalled. `null` for `cpu` before 5.13. */
  readonly full: PressureLine | null;
}

export type PressureResource = 'cpu' | 'io' | 'memory';

const LINE = /^(some|full) avg10=(\d+\.\d+) avg60=(\d+\.\d+) avg300=(\d+\.\d+) total=(\d+)$/;

/** Pure reading of a pressure file; `null` when it holds no pressure line (empty: `CONFIG_PSI_DEFAULT_DISABLED`). */
export function parsePressure(text: string): Pressure | null {
  let some: PressureLine | null = null;
  let full: PressureLine | null = null;
  for (const line of text.split('\n')) {
    const match = LINE.exec(line.trim());
    if (match === null) continue;
    const [, kind, avg10, avg60, avg300, total] = match;
    const reading = {
      avg10: ratio(avg10),
      avg60: ratio(avg60),
      avg300: ratio(avg300),
      totalUs: Number(total),
    };
    if (Math.max(reading.avg10, reading.avg60, reading.avg300) > 1) continue;
    if (!Number.isSafeInteger(reading.totalUs)) continue;
    if (kind === 'some') some = reading;
    else full = reading;
  }
  return some === null && full === null ? null : { some, full };
}

// Moves the decimal point in the text: dividing by 100 would turn 0.41 into 0.0040999….
function ratio(percent: string | undefined): number {
  return Number(`${percent}e-2`);
}

/** Reads the host's pressure from `/proc/pressure/RESOURCE`; `null` where the kernel doesn't measure it. */
export async function readPressure(
  resource: PressureResource,
  options: HostOptions = {},
): Promise<Pressure | null> {
  return parsePressure((await readHostTextOrNull(`/proc/pressure/${resource}`, options)) ?? '');
}

/**
 * Reads the pressure inside one cgroup (`RESOURCE.pressure` in a cgroup v2 directory); `null` where there is none,
 * as on cgroup v1.
 */
export async function readCgroupPressure(
  directory: string,
  resource: PressureResource,
  options: HostOptions = {},
): Promise<Pressure | null> {
  return parsePressure((await readHostTextOrNull(`${directory}/${resource}.pressure`, options)) ?? '');
}
