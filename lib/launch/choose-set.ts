import type { RawPath } from '../native/addon-types.ts';
import type { WarmSet } from '../targets/index.ts';
import type { LaunchDependencies } from './dependencies.ts';
import type { Found, FoundTarget, LaunchSet } from './options.ts';
import type { CacheUse, RecognisedServer } from './types.ts';

export interface SetQuestion {
  readonly set: LaunchSet | undefined;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string | undefined;
  readonly signal: AbortSignal;
}

export interface ChosenSet {
  /** Null when there is nothing to fill. */
  readonly set: WarmSet | null;
  readonly found: Found;
  /** The engine fills the cache by itself as soon as it reads. */
  readonly untilFirstRead: boolean;
}

/** What to warm beside a server: what was named, or what its command line and environment say. */
export async function chooseSet(
  question: SetQuestion,
  server: RecognisedServer | null,
  dependencies: LaunchDependencies,
): Promise<ChosenSet> {
  const { signal } = question;
  const wanted = wantedTargets(question.set, server);
  const told = question.set !== undefined;
  const early = told ? null : whyNothing(server);
  if (early !== null || wanted === null) return nothing(server, wanted ?? [], early ?? UNKNOWN);
  const set = isSet(question.set)
    ? question.set
    : await dependencies.resolve(
        wanted.map(({ name }) => name),
        { cwd: question.cwd, environment: environmentOf(question.environment, server), signal },
      );
  const { total } = await dependencies.residency(set, { signal });
  const found: Found = {
    server,
    targets: wanted.map(toFound),
    files: set.files.length,
    size: set.size,
    residentBytes: total.unknownFiles > 0 ? null : total.residentBytes,
    failures: set.failures,
    idle: set.files.length === 0 ? 'nothing of it is here yet' : null,
    note: server ? noteOf(server.cacheUse) : null,
  };
  return {
    set: found.idle === null ? set : null,
    found,
    untilFirstRead: server?.cacheUse.state === 'prefetches',
  };
}

const UNKNOWN = "what this command reads isn't known; name it with a set to have it warmed";

interface Wanted {
  readonly name: RawPath;
  readonly from: string;
}

function isSet(set: LaunchSet | undefined): set is WarmSet {
  return set !== undefined && 'files' in set;
}

/** Null where nobody said. */
function wantedTargets(
  set: LaunchSet | undefined,
  server: RecognisedServer | null,
): readonly Wanted[] | null {
  if (set === undefined) {
    const models = server?.models ?? [];
    return models.length > 0 ? models.map(({ target, from }) => ({ name: target, from })) : null;
  }
  if (!isSet(set)) return set.map((name) => ({ name, from: 'the set' }));
  return [{ name: `${set.files.length} files`, from: 'the set' }];
}

function whyNothing(server: RecognisedServer | null): string | null {
  return server?.cacheUse.state === 'bypassed'
    ? `it reads past the page cache: ${server.cacheUse.why}`
    : null;
}

function noteOf(use: CacheUse): string | null {
  switch (use.state) {
    case 'used':
      return null;
    case 'bypassed':
      return `it may not profit: ${use.why}`;
    case 'doubtful':
      return use.why;
    case 'prefetches':
      return `until it begins to read: ${use.why}`;
    case 'drops':
      return `it will not stay: ${use.why}`;
  }
}

function nothing(server: RecognisedServer | null, wanted: readonly Wanted[], why: string): ChosenSet {
  const targets = wanted.map(toFound);
  const none = { files: 0, size: 0, residentBytes: null, failures: [], note: null };
  return { set: null, found: { server, targets, ...none, idle: why }, untilFirstRead: false };
}

function toFound({ name, from }: Wanted): FoundTarget {
  return { target: name.toString(), from };
}

/** What recognition made of the environment wins: an option may have overruled a variable. */
function environmentOf(
  environment: Readonly<Record<string, string | undefined>>,
  server: RecognisedServer | null,
): Readonly<Record<string, string>> {
  const defined = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...Object.fromEntries(defined), ...server?.environment };
}
