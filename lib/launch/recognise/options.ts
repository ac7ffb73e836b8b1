/** What of a server's options is known: those that name something, and those without a value. */
export interface OptionTable<Key extends string> {
  /** Every way to write it, with its dashes: `{ '--model': 'model', '-m': 'model' }`. */
  readonly known: Readonly<Record<string, Known<Key>>>;
  /** Whether an option that isn't known has no value. Matters only where words without an option name a model. */
  readonly isFlag: (name: string) => boolean;
  /** Underscores in long names are dashes. */
  readonly underscores?: boolean;
  /** `-p3000`: a short option of one letter and its value may be one word. */
  readonly joinedShort?: boolean;
  /** A value may begin with a dash. */
  readonly dashValues?: boolean;
}

export interface Known<Key extends string> {
  readonly key: Key;
  /** How many words it takes: 'many' all up to the next option. */
  readonly takes: 'none' | 'one' | 'many';
}

/** An option as it was written, in the order of the command line. */
export interface Given<Key extends string> {
  readonly key: Key;
  /** `--model`, as it was written. */
  readonly written: string;
  /** Empty for an option without one. */
  readonly values: readonly string[];
}

export interface ParsedOptions<Key extends string> {
  readonly given: readonly Given<Key>[];
  readonly words: readonly string[];
}

const TRUTH = /^(true|false)$/i;

/** Splits a command line by what is known of its options. Whatever it is given it ends, in linear time. Pure. */
export function parseOptions<Key extends string>(
  args: readonly string[],
  table: OptionTable<Key>,
): ParsedOptions<Key> {
  const given: Given<Key>[] = [];
  const words: string[] = [];
  let at = 0;
  const isValue = (word: string | undefined, free: boolean): word is string =>
    word !== undefined && (free || !word.startsWith('-') || /^-(\d|\.\d|$)/.test(word));
  while (at < args.length) {
    const word = args[at] ?? '';
    at += 1;
    if (word === '--') {
      words.push(...args.slice(at));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const { written, known, joined } = lookUp(word, table);
    if (known === null) {
      const next = args[at];
      if (joined !== null) continue;
      // A flag with `true` behind it is how argparse-based servers wrote booleans.
      if (table.isFlag(written) ? next !== undefined && TRUTH.test(next) : isValue(next, false)) at += 1;
      continue;
    }
    if (known.takes === 'none') {
      const next = args[at];
      const truth = joined ?? (next !== undefined && TRUTH.test(next) ? next : null);
      if (joined === null && truth !== null) at += 1;
      given.push({ key: known.key, written, values: truth === null ? [] : [truth] });
      continue;
    }
    const values: string[] = joined === null ? [] : [joined];
    while (values.length === 0 || known.takes === 'many') {
      const next = args[at];
      if (!isValue(next, known.takes === 'one' && table.dashValues === true)) break;
      values.push(next);
      at += 1;
    }
    given.push({ key: known.key, written, values });
  }
  return { given, words };
}

interface Found<Key extends string> {
  readonly written: string;
  readonly known: Known<Key> | null;
  /** The value behind `=`, or in the same word. */
  readonly joined: string | null;
}

function lookUp<Key extends string>(word: string, table: OptionTable<Key>): Found<Key> {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  const joined = equals < 0 ? null : word.slice(equals + 1);
  const plain = table.underscores === true && name.startsWith('--') ? name.replaceAll('_', '-') : name;
  const known = knownOf(plain, table);
  if (known !== null) return { written: plain, known, joined };
  const short = word.slice(0, 2);
  if (table.joinedShort === true && word.length > 2 && short !== '--') {
    const knownShort = knownOf(short, table);
    if (knownShort !== null && knownShort.takes === 'one') {
      return { written: short, known: knownShort, joined: word.slice(2) };
    }
  }
  return { written: plain, known: null, joined };
}

function knownOf<Key extends string>(name: string, { known }: OptionTable<Key>): Known<Key> | null {
  return Object.hasOwn(known, name) ? (known[name] ?? null) : null;
}

/** The last time that an option was given with a value: what argparse, click and clap go by. */
export function lastGiven<Key extends string>(
  { given }: ParsedOptions<Key>,
  key: Key,
): { readonly value: string; readonly from: string } | null {
  const last = given.findLast((option) => option.key === key && option.values.length > 0);
  const value = last?.values.at(-1);
  return last === undefined || value === undefined ? null : { value, from: last.written };
}

export function isGiven<Key extends string>({ given }: ParsedOptions<Key>, key: Key): boolean {
  return given.some((option) => option.key === key && option.values[0]?.toLowerCase() !== 'false');
}

/** `{ '--model': one('model') }` for each of some ways to write it. */
export function spelled<Key extends string>(
  takes: Known<Key>['takes'],
  ways: Readonly<Record<Key, string>>,
): Record<string, Known<Key>> {
  const table: Record<string, Known<Key>> = {};
  for (const key of Object.keys(ways) as Key[]) {
    for (const way of ways[key].split(' ')) table[way] = { key, takes };
  }
  return table;
}
