import { setTimeout as delay } from 'node:timers/promises';
import { evict } from 'warmset';
import type { FileSet } from '../corpus.ts';
import { program } from './programs.ts';
import { ask } from './run.ts';

/** Pages of a set in the cache, by both witnesses; no code of warmset is in it. */
export interface Count {
  readonly files: number;
  readonly bytes: number;
  readonly pageSize: number;
  readonly pages: number;
  readonly mincore: number;
  readonly cachestat: number | null;
}

/** The state that a trial needs can't be had: the trial is void. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

export async function count(set: FileSet): Promise<Count> {
  return ask<Count>([program('count')], { paths: set.files });
}

const ATTEMPTS = 5;

/** Writes what is changed, drops the set's pages, and makes sure that both witnesses see none of them. */
export async function makeCold(set: FileSet): Promise<void> {
  let seen: Count | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await delay(200 * attempt);
    await evict(set.warmSet, { sync: true, priority: 'normal' });
    seen = await count(set);
    if (seen.mincore === 0 && (seen.cachestat ?? 0) === 0) return;
  }
  throw new StateError(
    `${seen?.mincore} of ${seen?.pages} pages by mincore and ${seen?.cachestat} by cachestat stayed in the cache`,
  );
}

/** @throws StateError unless `share` of the set's pages is up to date, within a hundredth: others use the memory too. */
export async function requireWarm(set: FileSet, share = 1): Promise<Count> {
  const seen = await count(set);
  if (Math.abs(seen.mincore / seen.pages - share) <= 0.01) return seen;
  throw new StateError(`${seen.mincore} of ${seen.pages} pages are up to date, ${share} of them were wanted`);
}

/** Bytes of the set that are up to date. */
export function residentBytes({ mincore, pages, bytes, pageSize }: Count): number {
  return mincore === pages ? bytes : mincore * pageSize;
}
