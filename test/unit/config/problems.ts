import type { Environment } from '../../../lib/config/index.ts';
import { ConfigError, type Problem, parseConfig } from '../../../lib/config/index.ts';

/** A file with nothing but what it can't do without, and then this. */
export function withSets(rest: string): string {
  return `sets: [{name: a, targets: [/m]}]\n${rest}`;
}

/** Everything that is wrong with the text; none where it is accepted. */
export function problemsOf(text: string | null, env: Environment = {}): readonly Problem[] {
  try {
    parseConfig(text, { file: text === null ? null : 'w.yaml', env });
    return [];
  } catch (error) {
    if (ConfigError.is(error)) return error.problems;
    throw error;
  }
}

/** The same in short: `2:3 sweep.interval: message; remedy`. */
export function inShort(problems: readonly Problem[]): string[] {
  return problems.map(({ line, column, variable, path, message, remedy }) => {
    const place = variable ?? `${line}:${column}`;
    return `${place} ${path}: ${message}${remedy === null ? '' : `; ${remedy}`}`;
  });
}
