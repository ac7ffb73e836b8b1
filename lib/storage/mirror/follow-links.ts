import { posix } from 'node:path';
import { WarmsetError } from '../../errors.ts';
import { type EntryFacts, lookAtEntry } from '../../native/copy.ts';
import type { JobOptions } from '../../native/job.ts';
import { type BytePath, shown, toBytePath, toRawPath } from './byte-path.ts';

/** As in path_resolution(7). */
const MOST_LINKS = 40;

/** What a path leads to, its last name followed: a link that is switched is another source from then on. */
export async function followLinks(
  path: BytePath,
  options: JobOptions,
): Promise<{ readonly path: BytePath; readonly facts: EntryFacts }> {
  let at = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const facts = await lookAtEntry(toRawPath(at), options);
    if (facts.leadsTo === null) return { path: at, facts };
    at = posix.resolve(posix.dirname(at), toBytePath(facts.leadsTo));
  }
  throw new WarmsetError('WARMSET_STORAGE', `${shown(path)} leads through too many links`, {
    subject: shown(path),
    remedy: 'name what it should lead to',
  });
}
