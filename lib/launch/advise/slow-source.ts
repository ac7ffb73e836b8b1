import { formatBytes, formatDuration, formatRate } from '../../units.ts';
import type { FillFacts, Reason } from './facts.ts';
import { usualHeadStartMs } from './server-habits.ts';

/** Below it two sequential readers take turns at seeking or at a narrow line: disks that rotate, sticks, gigabit. */
const SLOW_BYTES_PER_SECOND = 256 * 2 ** 20;

/** Of what is missing; with less of a lead the loader catches up with the fill while most is still to be read. */
const LEAD_WORTH_HAVING = 0.1;

/** A source on which a fill that runs ahead would take from the loader what it gives. `null`: it isn't, or isn't known. */
export function findSlowSource(facts: FillFacts): Reason | null {
  const { setBytes, residentBytes, sourceBytesPerSecond: rate } = facts;
  if (rate === null || rate >= SLOW_BYTES_PER_SECOND) return null;
  const headStartMs = facts.headStartMs ?? usualHeadStartMs(facts.recognised);
  if (headStartMs === null) return null;
  const missing = setBytes - (residentBytes ?? 0);
  const lead = (rate * headStartMs) / 1000;
  if (lead >= LEAD_WORTH_HAVING * missing) return null;
  const source = `The source gives ${formatRate(rate)}`;
  const text = `${source} and ${formatBytes(missing)} are missing, of which the ${formatDuration(headStartMs)} before the loader's first read bring ${formatBytes(lead)}: a fill that runs ahead would fight the loader, so it reads ahead beside it. Copy the files to a faster disk.`;
  return { code: 'slow-source', text };
}
