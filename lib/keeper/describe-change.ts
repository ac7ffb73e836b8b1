import { type Config, ConfigError, describeProblem, diffConfigs } from '../config/index.ts';
import { WarmsetError } from '../errors.ts';

/** What only a start reads: a lock can't be exchanged while it is held, nor a port while it is listened at. */
const AT_START = /^(lock\.|listen|allowRemote|log\.)/;

/** What a reload changes, a line a value. Pure. */
export function describeChange(before: Config, after: Config): readonly string[] {
  return diffConfigs(before, after).map((line) =>
    AT_START.test(line) ? `${line} (from the next start on)` : line,
  );
}

/** What is wrong with a configuration that can't be used, a line a problem. Pure. */
export function describeRefusal(error: unknown): readonly string[] {
  if (ConfigError.is(error)) {
    return error.problems.map((problem) => {
      const { line, column } = problem;
      return `${line === null ? '' : `line ${line}, column ${column}: `}${describeProblem(problem)}`;
    });
  }
  if (WarmsetError.is(error))
    return [error.remedy === undefined ? error.message : `${error.message}: ${error.remedy}`];
  return [error instanceof Error ? error.message : String(error)];
}
