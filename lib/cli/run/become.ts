import { isSystemError } from '../../errors.ts';
import type { ServerExit } from '../../launch/child/exit.ts';
import { whyNotStarted } from '../../launch/child/exit.ts';
import { replaceProcess, startOrphan } from '../../native/process.ts';
import { rawEnvironment } from './exact-words.ts';

/**
 * Becomes the command. Comes back only when that is not to be had: with how the command ended before it began, or with
 * null where it is we who can't (the native part is missing).
 */
export function become(words: readonly (string | Buffer)[]): ServerExit | null {
  const file = words[0] ?? '';
  try {
    replaceProcess({ file, words, environment: rawEnvironment() });
  } catch (error) {
    if (!isSystemError(error)) return null;
    return {
      state: 'not-started',
      code: error.code,
      message: whyNotStarted(String(file), error.code, undefined),
    };
  }
}

/**
 * Starts this program once more, as nobody's child, to fill beside the process that this one is about to become.
 *
 * @param words of `run`, with the command behind them
 * @throws SystemError, or WarmsetError where the native part is missing
 */
export function fillElsewhere(words: readonly (string | Buffer)[], quiet: boolean): void {
  const program = process.argv[1] ?? '';
  const own = [process.execPath, ...process.execArgv, program, 'run', '--beside', String(process.pid)];
  startOrphan({ file: process.execPath, words: [...own, ...words], environment: rawEnvironment() }, quiet);
}
