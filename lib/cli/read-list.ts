import { WarmsetError } from '../errors.ts';
import { absolute } from './absolute.ts';
import type { Session } from './session.ts';

const SEPARATORS = { line: 10, zero: 0 } as const;

/** The names on standard input, as absolute paths in bytes: they needn't be UTF-8. */
export async function readList(
  end: keyof typeof SEPARATORS,
  { err, errTerminal, signal }: Session,
): Promise<readonly Buffer[]> {
  if (process.stdin.isTTY && errTerminal.isTTY) {
    await err.writeLines(['warmset: reading names, one a line; ^D ends the list']);
  }
  const names = splitNames(await readAll(signal), SEPARATORS[end]);
  if (names.length === 0) {
    throw new WarmsetError(
      'WARMSET_BAD_ARGUMENT',
      'no targets were given: the list on standard input is empty',
      {
        remedy: 'look at what should have written the list',
      },
    );
  }
  if (end === 'line' && names.some((name) => name.includes(0))) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', 'the list on standard input holds zero bytes', {
      remedy: 'read it with -0, as in: find /models -type f -print0 | warmset status -0 -',
    });
  }
  return names.map((name) => absolute(name));
}

/** Names without their ends; empty ones are left out. Pure. */
export function splitNames(bytes: Buffer, separator: number): Buffer[] {
  const names: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(separator, start);
    const name = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (name.length > 0) names.push(name);
    start = end < 0 ? bytes.length : end + 1;
  }
  return names;
}

async function readAll(signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const stop = (): void => void process.stdin.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  return Buffer.concat(chunks);
}
