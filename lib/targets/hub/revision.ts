import { entriesIfThere, isAbsent } from '../listing.ts';
import { nameOf } from '../path-names.ts';
import { readSmall } from '../read-small.ts';
import type { Search } from '../search.ts';

/** Which snapshot a revision means. */
export type FoundRevision =
  | { readonly commit: string; readonly note?: string }
  | { readonly problem: string; readonly remedy: string };

/** Bytes; a ref holds one commit. */
const MOST_REF_BYTES = 256;
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const SHORT = /^[0-9a-f]{4,63}$/;

/**
 * Finds the snapshot of a revision: a ref of that name, a commit, or the beginning of just one.
 *
 * @param repository directory of the model in the cache
 * @throws SystemError, WarmsetError as reading the ref fails
 */
export async function findRevision(
  repository: string,
  revision: string | undefined,
  search: Search,
): Promise<FoundRevision> {
  const snapshots = await snapshotNames(repository, search);
  const named = await readRef(repository, revision ?? 'main', search);
  if (named !== undefined) return checkRef(named, revision ?? 'main', snapshots);
  if (revision === undefined) return withoutMain(snapshots);
  return byCommit(revision, snapshots);
}

async function snapshotNames(repository: string, search: Search): Promise<readonly string[]> {
  return (await entriesIfThere(`${repository}/snapshots`, search))
    .filter(({ kind }) => kind === 'directory')
    .map(({ name }) => nameOf(name).path)
    .sort();
}

/** What `refs/NAME` holds; a pull request's ref stands below `refs/refs`. */
async function readRef(repository: string, name: string, search: Search): Promise<string | undefined> {
  for (const ref of [name, `refs/${name}`]) {
    try {
      return (await readSmall(`${repository}/refs/${ref}`, MOST_REF_BYTES, search)).trim();
    } catch (error) {
      search.signal?.throwIfAborted();
      if (!isAbsent(error)) throw error;
    }
  }
  return undefined;
}

/** Pure. */
function checkRef(commit: string, name: string, snapshots: readonly string[]): FoundRevision {
  if (!COMMIT.test(commit)) {
    const shown = JSON.stringify(commit.slice(0, 80));
    return { problem: `its ref ${name} holds ${shown}, which is no commit`, remedy: DOWNLOAD };
  }
  if (snapshots.includes(commit)) return { commit };
  const problem = `its ref ${name} means commit ${commit.slice(0, 12)}, of which there is no snapshot`;
  return { problem, remedy: DOWNLOAD };
}

const DOWNLOAD = 'Download the model again: hf download ORG/NAME.';

/** Pure. */
function withoutMain(snapshots: readonly string[]): FoundRevision {
  const [only, ...others] = snapshots;
  if (only === undefined) return { problem: 'it has no snapshot', remedy: DOWNLOAD };
  if (others.length > 0) {
    const problem = `it has no ref main, and ${snapshots.length} snapshots: ${shorten(snapshots)}`;
    return { problem, remedy: `Say which: @${only.slice(0, 12)}.` };
  }
  return { commit: only, note: `there is no ref main: the only snapshot, ${only.slice(0, 12)}, was taken` };
}

/** Pure. */
function byCommit(revision: string, snapshots: readonly string[]): FoundRevision {
  if (snapshots.includes(revision)) return { commit: revision };
  const matching = SHORT.test(revision) ? snapshots.filter((name) => name.startsWith(revision)) : [];
  const [only, ...others] = matching;
  if (only !== undefined && others.length === 0) return { commit: only };
  if (only !== undefined) {
    return {
      problem: `${revision} is the beginning of ${matching.length} commits: ${shorten(matching)}`,
      remedy: 'Give more of the commit.',
    };
  }
  const there = snapshots.length > 0 ? `its snapshots are ${shorten(snapshots)}` : 'it has no snapshot';
  return {
    problem: `it has no revision ${revision}; ${there}`,
    remedy: 'Leave @ away for main, or download that revision.',
  };
}

function shorten(commits: readonly string[]): string {
  const shown = commits.slice(0, 4).map((commit) => commit.slice(0, 12));
  return shown.join(', ') + (commits.length > shown.length ? ' and more' : '');
}
