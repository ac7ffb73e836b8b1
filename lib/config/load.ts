import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { isSystemError } from '../errors.ts';
import { type Environment, isRolledBack } from './environment.ts';
import { type ParsedConfig, parseConfig } from './parse.ts';
import { ConfigError, type Problem } from './problem.ts';
import { MOST_FILE_BYTES } from './read-yaml.ts';
import { disabledConfig } from './rolled-back.ts';

export interface LoadOptions {
  /** @default process.env */
  readonly env?: Environment | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A configuration from a file and the environment, or from the environment alone.
 *
 * While `WARMSET_ENABLED` says no, whatever is wrong elsewhere becomes a warning, and the configuration is one that
 * does nothing: a rollback must not wait for somebody to mend the file.
 *
 * @throws ConfigError (`WARMSET_BAD_CONFIG`), also for a file that can't be read.
 */
export async function loadConfig(path: string | undefined, options: LoadOptions = {}): Promise<ParsedConfig> {
  const { env = process.env, signal } = options;
  try {
    const text = path === undefined ? null : await readConfigFile(path, signal);
    return parseConfig(text, { file: path ?? null, env });
  } catch (error) {
    if (!ConfigError.is(error) || !isRolledBack(env)) throw error;
    return disabledConfig(error.problems);
  }
}

/**
 * The text of a configuration file.
 *
 * @throws ConfigError for one that can't be read, is larger than 1 MiB or isn't UTF-8.
 */
export async function readConfigFile(path: string, signal?: AbortSignal): Promise<string> {
  const bytes = await readBounded(path, signal);
  if (bytes.length > MOST_FILE_BYTES) {
    throw refuse(path, { message: 'is larger than 1 MiB', remedy: 'check that it is the right file' });
  }
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw refuse(path, {
    ...positionOfBadByte(bytes),
    message: 'a byte here is not UTF-8',
    remedy: 'save the file as UTF-8',
  });
}

/** Not stat and read: the size of a pipe or a device is no bound. */
async function readBounded(path: string, signal: AbortSignal | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    const stream = createReadStream(path, { end: MOST_FILE_BYTES, ...(signal ? { signal } : {}) });
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch (error) {
    signal?.throwIfAborted();
    if (!isSystemError(error)) throw error;
    const [what = error.code] = error.message.split(', ');
    throw refuse(path, {
      message: `can't be read: ${what}`,
      remedy: 'check the spelling and the permissions',
    });
  }
  return Buffer.concat(chunks);
}

function positionOfBadByte(bytes: Buffer): { readonly line: number; readonly column: number } {
  for (let line = 1, start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(10, start);
    const part = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(part)) {
      // The first replacement that its own bytes don't account for is where decoding failed.
      const text = part.toString('utf8');
      let at = text.indexOf('\ufffd');
      while (at >= 0 && isUtf8(part.subarray(0, Buffer.byteLength(text.slice(0, at + 1))))) {
        at = text.indexOf('\ufffd', at + 1);
      }
      return { line, column: at + 1 };
    }
    start += part.length + 1;
  }
  return { line: 1, column: 1 };
}

function refuse(
  path: string,
  about: Partial<Problem> & { readonly message: string; readonly remedy: string },
): ConfigError {
  return new ConfigError(path, [
    { file: path, line: null, column: null, variable: null, path: '', ...about },
  ]);
}
