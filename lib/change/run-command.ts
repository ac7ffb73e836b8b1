import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { WarmsetError } from '../errors.ts';

const run = promisify(execFile);

export interface CommandOptions {
  readonly signal?: AbortSignal | undefined;
  /** @default 30_000 */
  readonly timeoutMs?: number | undefined;
}

/**
 * Runs a program of the system, past any shell, in English.
 *
 * @returns its standard output
 * @throws WarmsetError `WARMSET_CHANGE` with the program's own words where it fails or isn't there
 */
export async function runCommand(
  command: readonly string[],
  { signal, timeoutMs = 30_000 }: CommandOptions = {},
): Promise<string> {
  const [file = '', ...args] = command;
  try {
    const { stdout } = await run(file, args, {
      signal,
      timeout: timeoutMs,
      maxBuffer: 16 << 20,
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    return stdout;
  } catch (error) {
    signal?.throwIfAborted();
    throw failed(command, error, timeoutMs);
  }
}

function failed(command: readonly string[], error: unknown, timeoutMs: number): WarmsetError {
  const { code, killed, stderr } = Object(error) as { code?: unknown; killed?: boolean; stderr?: string };
  const why =
    code === 'ENOENT'
      ? 'it is not installed'
      : killed === true
        ? `it did not end within ${timeoutMs} ms`
        : stderr?.trim() || `it ended with ${String(code)}`;
  return new WarmsetError('WARMSET_CHANGE', `${command.join(' ')}: ${why}`, {
    subject: command[0] ?? '',
    ...(code === 'ENOENT' ? { remedy: `install ${command[0]}, or put it on the PATH` } : {}),
    cause: error,
  });
}
