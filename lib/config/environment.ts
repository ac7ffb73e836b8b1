/** `WARMSET_…` variables: each scalar key outside `sets` has one. */
import { closest } from '../closest.ts';
import { FIELDS, type Field, SECTIONS, type Section } from './fields.ts';
import { type Problem, quote, writePath } from './problem.ts';
import { type Path, placeKey } from './tree.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One set named `default` of these targets, one a line: a colon or a comma may be part of a name. */
export const TARGETS_VARIABLE = 'WARMSET_TARGETS';

/** Of the program's other parts, of its tests, and those that Kubernetes makes for a service named `warmset…`. */
const OTHERS =
  /^WARMSET_(?:ADDON|REQUIRE_CAPABILITIES|SANITIZE|(?:TEST|FUZZ|BENCH)_.*|(?:.*_)?(?:SERVICE_HOST|SERVICE_PORT(?:_.*)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_.*)?)?))$/;

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 'true', 'yes', 'on'].map((word) => [word, true] as const),
  ...['0', 'false', 'no', 'off'].map((word) => [word, false] as const),
]);

/** The variable that overrides a key: `WARMSET_BUDGET_MAX_BYTES` for `budget.maxBytes`. */
export function variableFor(keys: readonly string[]): string {
  const words = keys.map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());
  return ['WARMSET', ...words].join('_');
}

/** Which keys have a variable: scalars outside `sets`, and sections that a word switches off. */
export const VARIABLES: ReadonlyMap<string, Field | Section> = new Map(
  [...SECTIONS.filter(({ off }) => off !== null), ...FIELDS]
    .filter(({ keys }) => keys[0] !== 'sets')
    .map((one) => [variableFor(one.keys), one]),
);

interface Override {
  readonly variable: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

export interface Overridden {
  readonly value: unknown;
  /** {@link placeKey} of each path that was set → the variable. */
  readonly variables: ReadonlyMap<string, string>;
  readonly warnings: readonly Problem[];
}

/** Puts what the environment says over what the file says. The tree is changed only in a copy. */
export function override(tree: unknown, env: Environment): Overridden {
  const variables = new Map<string, string>();
  const warnings: Problem[] = [];
  const root: unknown = tree === undefined ? {} : tree;
  if (!isMapping(root)) return { value: root, variables, warnings: unknownVariables(env) };
  const value = copy(root);
  for (const { variable, path, value: given } of readOverrides(env)) {
    if (place(value, path, given)) variables.set(placeKey(path), variable);
    else warnings.push(warn(variable, path, 'has no effect: the section is switched off or no mapping'));
  }
  const targets = (env[TARGETS_VARIABLE] ?? '').split('\n').filter((line) => line.trim() !== '');
  if (targets.length > 0) {
    if (Object.hasOwn(value, 'sets')) {
      warnings.push(warn(TARGETS_VARIABLE, ['sets'], 'has no effect: the file has sets'));
    } else {
      value.sets = [{ name: 'default', targets }];
      for (const path of [['sets'], ['sets', 0, 'name'], ['sets', 0, 'targets']]) {
        variables.set(placeKey(path), TARGETS_VARIABLE);
      }
    }
  }
  return { value, variables, warnings: [...warnings, ...unknownVariables(env)] };
}

/** Whether `WARMSET_ENABLED` says no. */
export function isRolledBack(env: Environment): boolean {
  return WORDS.get((env.WARMSET_ENABLED ?? '').trim().toLowerCase()) === false;
}

function readOverrides(env: Environment): Override[] {
  return [...VARIABLES].flatMap(([variable, one]) => {
    const text = env[variable]?.trim() ?? '';
    // Compose files and charts pass on what isn't set as an empty variable.
    return text === '' ? [] : [{ variable, path: one.keys, value: readValue(one, text) }];
  });
}

/** What can't be read stays text, which the schema refuses with the right words. */
function readValue(one: Field | Section, text: string): unknown {
  const word = WORDS.get(text.toLowerCase());
  if ('names' in one) {
    if (one.off === 'null') return text === 'null' ? null : text;
    return word === false ? false : text;
  }
  if (one.nullable && text === 'null') return null;
  if (one.kind === 'switch') return word ?? text;
  return one.kind === 'number' && /^[+-]?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

function place(root: Mapping, path: readonly string[], value: unknown): boolean {
  let at = root;
  for (const key of path.slice(0, -1)) {
    const inner = Object.hasOwn(at, key) ? at[key] : {};
    if (!isMapping(inner)) return false;
    const copied = copy(inner);
    at[key] = copied;
    at = copied;
  }
  at[path.at(-1) ?? ''] = value;
  return true;
}

type Mapping = Record<string, unknown>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function copy(mapping: Mapping): Mapping {
  return Object.assign(Object.create(null) as Mapping, mapping);
}

function unknownVariables(env: Environment): Problem[] {
  const known = [TARGETS_VARIABLE, ...VARIABLES.keys()];
  return Object.keys(env)
    .filter((name) => name.startsWith('WARMSET_') && !known.includes(name) && !OTHERS.test(name))
    .map((name) => {
      const meant = closest(name, known);
      const remedy = meant === undefined ? 'docs/config.md lists them all' : `did you mean ${meant}?`;
      return { ...warn(quoteName(name), [], 'means nothing to warmset'), remedy };
    });
}

function quoteName(name: string): string {
  return /^\w{1,100}$/.test(name) ? name : quote(name);
}

function warn(variable: string, path: Path, message: string): Problem {
  return { file: null, line: null, column: null, variable, path: writePath(path), message, remedy: null };
}
