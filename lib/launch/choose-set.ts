import type { BudgetChoice } from '../fill/index.ts';
import type { RawPath } from '../native/addon-types.ts';
import type { WarmSet } from '../targets/index.ts';
import { formatBytes } from '../units.ts';
import type { ReasonCode } from './advise/index.ts';
import type { LaunchDependencies } from './dependencies.ts';
import { smallFilesOf } from './gather-facts.ts';
import type { Found, FoundTarget, LaunchSet } from './options.ts';
import type { BesideOptions, RecognisedServer } from './types.ts';

export interface SetQuestion {
  readonly set: LaunchSet | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly budget: BudgetChoice | undefined;
  /** The command line has words that aren't UTF-8: names of models in it may have lost bytes. */
  readonly lossy: boolean;
  readonly signal: AbortSignal;
}

export interface ChosenSet {
  /** Null when there is nothing to fill. */
  readonly set: WarmSet | null;
  readonly found: Found;
  readonly how: BesideOptions['how'];
  /** The engine fills the cache by itself as soon as it reads. */
  readonly untilFirstRead: boolean;
}

/** What to warm beside a server, and how: what was named, or what its command line and environment say. */
export async function chooseSet(
  question: SetQuestion,
  server: RecognisedServer | null,
  dependencies: LaunchDependencies,
): Promise<ChosenSet> {
  const { cwd, budget, signal } = question;
  const wanted = wantedTargets(question.set, server);
  if (wanted === null) return nothing(server, UNKNOWN);
  if (question.set === undefined && question.lossy && wanted.some(({ name }) => name.includes(LOST))) {
    return nothing(server, NOT_UTF8);
  }
  const set = isSet(question.set)
    ? question.set
    : await dependencies.resolve(
        wanted.map(({ name }) => name),
        { cwd, environment: environmentOf(question.environment, server), server: server?.server, signal },
      );
  const { total } = await dependencies.residency(set, { signal });
  const residentBytes = total.unknownFiles > 0 ? null : total.residentBytes;
  // Whoever names a set means it, whatever its server's options say.
  const force = question.set !== undefined;
  const { how, what, untilFirstRead, reasons } = await dependencies.advise({
    ...{ set, residentBytes, server, budget, force, signal },
  });
  const said = reasons.filter(({ code }) => !PLAIN.has(code)).map(({ text }) => text);
  const small = what === 'small' ? smallFilesOf(set) : null;
  if (small) said.push(`Only what stands beside the weights is filled, ${formatBytes(small.size)}.`);
  const idle = set.files.length === 0 ? 'nothing of it is here yet' : (said[0] ?? null);
  const found = {
    server,
    targets: wanted.map(toFound),
    files: set.files.length,
    size: set.size,
    residentBytes,
    failures: set.failures,
  };
  if (how === 'nothing' || set.files.length === 0) {
    return { set: null, found: { ...found, idle, note: null }, how: undefined, untilFirstRead: false };
  }
  return {
    set: small ?? set,
    found: { ...found, idle: null, note: said.length > 0 ? said.join(' ') : null },
    how,
    untilFirstRead,
  };
}

// What is as everybody would expect it isn't worth a word.
const PLAIN: ReadonlySet<ReasonCode> = new Set(['fits']);

const UNKNOWN = "what this command reads isn't known; name it with --set to have it warmed";

const NOT_UTF8 = "the model's name isn't UTF-8; name it with --set to have it warmed";
// What stands for bytes that aren't UTF-8.
const LOST = '\ufffd';

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

function nothing(server: RecognisedServer | null, why: string): ChosenSet {
  const none = { targets: [], files: 0, size: 0, residentBytes: null, failures: [], note: null };
  return { set: null, found: { server, ...none, idle: why }, how: undefined, untilFirstRead: false };
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
