import type { WarmSet } from '../targets/index.ts';
import { CHECKS } from './checks/index.ts';
import { conclude, type Diagnosis } from './finding.ts';
import { type GatherOptions, gather } from './gather.ts';
import type { Readings } from './readings.ts';

export interface DiagnoseOptions extends GatherOptions {}

/**
 * Says what this host can and can't do for warming, and what to change: its kernel and sandbox, memory and cgroups,
 * other warmers, and with a set also its files' mounts and disks and whether they fit. Changes nothing.
 *
 * ```ts
 * const { findings, worst } = await diagnose(await resolveTargets(['/models/llama']));
 * ```
 *
 * What can't be read becomes a `note` that says so. Rejects only when aborted, and for a budget out of range.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
 */
export async function diagnose(set?: WarmSet, options: DiagnoseOptions = {}): Promise<Diagnosis> {
  return examine(await gather(set, options));
}

/** Every check over readings that were gathered before. Pure. */
export function examine(readings: Readings): Diagnosis {
  return conclude(CHECKS.flatMap((check) => check(readings)));
}
