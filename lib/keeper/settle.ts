import type { KeeperDependencies } from './dependencies.ts';
import type { FilledSet } from './fill-set.ts';
import type { Ledger, Observed } from './ledger.ts';
import { identityOf, type MeasuredFile, type MeasuredSet, measureAgain } from './measure-sets.ts';
import type { Wants } from './wants.ts';

export interface Books {
  readonly ledger: Ledger;
  readonly wants: Wants;
  readonly host: KeeperDependencies;
}

/**
 * Takes a fill's outcome into the books, and measures what it touched.
 *
 * @param inParts only parts of the files were read: those that a snapshot has
 */
export async function settle(
  set: MeasuredSet,
  filled: FilledSet,
  inParts: boolean,
  { ledger, wants, host }: Books,
  signal: AbortSignal,
): Promise<MeasuredSet> {
  const outcomes = new Map(filled.files.map((outcome) => [identityOf(outcome.file), outcome]));
  const touched = set.files.filter(({ identity }) => outcomes.has(identity));
  for (const file of touched) {
    const outcome = outcomes.get(file.identity);
    const whole = !inParts && (outcome?.read ?? 0) >= file.dataBytes;
    wants.tried(
      file,
      { failure: outcome?.failure ?? null, whole },
      { nowMs: host.now(), random: host.random() },
    );
  }
  const after = await measureUnlessAborted(set, touched, host, signal);
  const files = (after ?? set).files.map((file): MeasuredFile => {
    const outcome = outcomes.get(file.identity);
    if (!outcome) return file;
    const failure = outcome.failure ?? file.failure;
    const verified = inParts ? null : outcome.residentNow;
    // Where it was aborted the fill's own count is the latest there is, and says nothing of the parts.
    if (after === null) return { ...file, residentBytes: verified, map: [], failure };
    // A fill can prove more than may be asked afterwards: it knows what it has just read.
    return { ...file, residentBytes: file.residentBytes ?? verified, failure };
  });
  const changes = files.flatMap((file) => {
    const outcome = outcomes.get(file.identity);
    return outcome ? [{ ...observed(file), readBytes: outcome.read, lostBytes: outcome.lost }] : [];
  });
  ledger.filled(set.config.name, changes, filled.seconds);
  return { ...set, files };
}

/** Who closes a keeper waits for what was done, not for another look at it: then `null`. */
async function measureUnlessAborted(
  set: MeasuredSet,
  files: readonly MeasuredFile[],
  host: KeeperDependencies,
  signal: AbortSignal,
): Promise<MeasuredSet | null> {
  if (signal.aborted) return null;
  try {
    return await measureAgain(set, files, host, { signal });
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

export function observed({ file, identity, residentBytes }: MeasuredFile): Observed {
  return { path: file.path, identity, residentBytes };
}
