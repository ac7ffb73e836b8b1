import type { EvictResult } from '../fill/index.ts';
import { formatBytes, formatShare } from '../units.ts';
import type { TrialContext } from './context.ts';

/** Less of the set than this in memory isn't a warm start. A little may always be taken by others. */
export const WARM_SHARE = 0.99;

/**
 * Takes just these files out of memory and has it verified page by page. Changed pages are written first: they can't
 * be dropped.
 *
 * @returns why they aren't cold; null when they are
 */
export async function makeCold({ set, design, signal, host }: TrialContext): Promise<string | null> {
  const result = await host.evict(set, { sync: true, priority: 'normal', signal });
  if (design.dropCaches) await host.dropCaches();
  const unknown = result.files.find(({ after }) => after.state === 'unknown');
  if (unknown?.after.state === 'unknown') {
    const { message, remedy } = unknown.after.reason;
    return `it can't be known whether ${unknown.file.path} is cold: ${message} (${remedy})`;
  }
  const pages = await host.countPages(set, signal);
  if (pages === 0) return null;
  return `${pages} pages stayed in memory${explain(result)}`;
}

function explain({ files }: EvictResult): string {
  const survivor = files.find(({ survival, failure }) => survival !== null || failure !== null);
  if (survivor === undefined) return '';
  return `: ${survivor.file.path} is ${survivor.survival?.detail ?? survivor.failure?.message}`;
}

/** @returns why they aren't warm; null when they are */
export async function makeWarm(context: TrialContext): Promise<string | null> {
  const { set, fill, signal, host } = context;
  const result = await host.warm(set, { ...fill, priority: 'normal', signal });
  signal.throwIfAborted();
  if (result.stopped) return `the set couldn't be made warm: ${result.stopped.detail}`;
  return describeLack(result.residentNow, result.asked);
}

/** Why so many bytes of the set aren't a warm one; null when they are. */
export function describeLack(resident: number, asked: number): string | null {
  if (resident >= WARM_SHARE * asked) return null;
  const share = formatShare(resident / asked);
  return `only ${share} of ${formatBytes(asked)} were in memory when the reader started`;
}

/** Resident bytes of the set now; null where some of it can't be known. */
export async function residentBytes({ set, host }: TrialContext): Promise<number | null> {
  const { total } = await host.residency(set, { priority: 'normal' });
  return total.unknownFiles > 0 ? null : total.residentBytes;
}
