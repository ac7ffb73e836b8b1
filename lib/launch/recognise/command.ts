import { posix } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is started in the end, when everything that only starts something else is taken away. */
export interface Command {
  /** The program or Python script as it was written; empty for a module. */
  readonly path: string;
  /** The path without its folder. */
  readonly name: string;
  /** `a.b` of `python -m a.b`. */
  readonly module: string | null;
  readonly args: readonly string[];
  readonly env: Environment;
  /** Where it is started, when something before it changed the directory; relative to the directory before. */
  readonly cwd: string | null;
}

/** Where words are looked at: what has been changed on the way to them. */
export interface Place {
  readonly env: Environment;
  readonly cwd: string | null;
}

export function commandOf(path: string, args: readonly string[], place: Place): Command {
  return { path, name: posix.basename(path), module: null, args, ...place };
}

export function moduleOf(module: string, args: readonly string[], place: Place): Command {
  return { path: '', name: '', module, args, ...place };
}

/** A path as it is seen from where the whole command line is started. */
export function fromCwd(path: string, cwd: string | null): string {
  return cwd === null || path.startsWith('/') || path.startsWith('~') ? path : posix.join(cwd, path);
}

/** Words to look at, and where. */
export interface Line {
  readonly argv: readonly string[];
  readonly place: Place;
}

/** What taking one launcher away leaves: other lines to look at, or what is started in the end. `null`: can't be told. */
export type Step =
  | { readonly kind: 'lines'; readonly lines: readonly Line[] }
  | { readonly kind: 'command'; readonly command: Command }
  | null;

export function goOn(argv: readonly string[], place: Place): Step {
  return { kind: 'lines', lines: [{ argv, place }] };
}

export function startOf(command: Command): Step {
  return { kind: 'command', command };
}

/** `A=b` words in front. */
export function takeAssignments(words: readonly string[]): {
  readonly env: Readonly<Record<string, string>>;
  readonly count: number;
} {
  const env: Record<string, string> = {};
  let count = 0;
  for (const word of words) {
    const [, name, value = ''] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word) ?? [];
    if (name === undefined) break;
    env[name] = value;
    count += 1;
  }
  return { env, count };
}
