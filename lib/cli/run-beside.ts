import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { WarmsetError } from '../errors.ts';

/**
 * Runs a program with our streams, and ends it with SIGTERM when the signal says so.
 *
 * @returns its exit code, or 128 and the number of the signal that ended it
 */
export async function runBeside(words: readonly string[], signal: AbortSignal): Promise<number> {
  const [program = '', ...args] = words;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    const end = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', end, { once: true });
    child.on('error', (cause) => {
      signal.removeEventListener('abort', end);
      reject(
        new WarmsetError('WARMSET_BAD_ARGUMENT', `${program} can't be started: ${cause.message}`, {
          subject: program,
          remedy: 'give a program that is on the PATH, or its path',
          cause,
        }),
      );
    });
    child.on('exit', (code, by) => {
      signal.removeEventListener('abort', end);
      resolve(code ?? 128 + (by === null ? 0 : constants.signals[by]));
    });
  });
}
