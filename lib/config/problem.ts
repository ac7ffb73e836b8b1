import { WarmsetError } from '../errors.ts';

/** One thing that is wrong with a configuration, and where. */
export interface Problem {
  /** As it was given; `null` for a value from the environment. */
  readonly file: string | null;
  /** From 1; `null` without a file. */
  readonly line: number | null;
  /** From 1, in UTF-16 code units as editors count them; `null` without a file. */
  readonly column: number | null;
  /** The environment variable that the value came from, where it did. */
  readonly variable: string | null;
  /** Which key, such as `sets[0].quota`; empty for the whole. */
  readonly path: string;
  readonly message: string;
  /** What to do about it, where that isn't plain from the message. */
  readonly remedy: string | null;
}

/** More are cut off: behind so many no reader wants the next, and a hostile file could have a million. */
export const MOST_PROBLEMS = 100;

/** A configuration that can't be used: `WARMSET_BAD_CONFIG`, with everything that is wrong with it at once. */
export class ConfigError extends WarmsetError {
  /** In the order of the file, those of the environment last; at most {@link MOST_PROBLEMS}. */
  readonly problems: readonly Problem[];

  constructor(
    file: string | null,
    problems: readonly Problem[],
    remedy = 'warmset config check shows each with its line',
  ) {
    const subject = file ?? 'the configuration';
    const lines = problems.map((problem) => `${describePlace(problem)}${describeProblem(problem)}`);
    super('WARMSET_BAD_CONFIG', [`${subject} can't be used:`, ...lines].join('\n'), {
      subject,
      remedy,
    });
    this.problems = problems;
  }

  /** Also true for errors that another copy of the package has thrown. */
  static override is(value: unknown): value is ConfigError {
    return WarmsetError.is(value) && value.code === 'WARMSET_BAD_CONFIG' && 'problems' in value;
  }
}

/** The problem in one line, without its place in the file. */
export function describeProblem({ variable, path, message }: Problem): string {
  const name = [variable, path].filter((part) => part !== null && part !== '').join(', ');
  return name === '' ? message : `${name}: ${message}`;
}

function describePlace({ line, column }: Problem): string {
  return line === null ? '' : `line ${line}, column ${column}: `;
}

/** Keys to the way a path is written: `['sets', 0, 'quota']` is `sets[0].quota`. Odd keys are quoted. */
export function writePath(keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    const word = String(key);
    const shown = /^[\w-]+$/.test(word) ? word : quote(word);
    return path === '' ? shown : `${path}.${shown}`;
  }, '');
}

const MOST_SHOWN = 60;

/** A value of the file or the environment as a message shows it: on one line, and not a megabyte of it. */
export function quote(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > MOST_SHOWN ? `${value.slice(0, MOST_SHOWN)}...` : value);
}
