import type { JobOptions } from '../../native/job.ts';
import { residency } from '../../residency/index.ts';
import { resolveTargets } from '../../targets/index.ts';
import type { BytePath } from './byte-path.ts';
import { toRawPath } from './byte-path.ts';

/** What of these files of a mirror is in the page cache now, bytes; `null`: not known of all of them. */
export async function countResident(
  local: string,
  written: readonly BytePath[],
  { priority }: JobOptions,
): Promise<number | null> {
  if (written.length === 0) return 0;
  const set = await resolveTargets(
    written.map((relative) => toRawPath(`${Buffer.from(local).toString('latin1')}/${relative}`)),
    { priority },
  );
  const { total } = await residency(set, { priority });
  return total.unknownFiles > 0 ? null : total.residentBytes;
}
