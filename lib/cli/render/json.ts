/** The `--json` output: one line for programs, indented for people. */
import { isSystemError, WarmsetError } from '../../errors.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

function plainError(error: Error): Record<string, unknown> {
  if (WarmsetError.is(error)) {
    const { code, message, subject, remedy } = error;
    return { code, message, subject, remedy };
  }
  if (isSystemError(error)) {
    const { code, message, syscall, path } = error;
    return { code, message, syscall, path };
  }
  return { code: error.name, message: error.message };
}

function replace(_key: string, value: unknown): unknown {
  // A string, because most JSON readers would round it to a double without a word.
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return plainError(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Uint8Array);
  return value;
}

/** JSON.stringify leaves DEL, C1 controls and bidi marks as they are; both forms read back as the same string. */
export function escapeRest(json: string): string {
  return json.replace(/[^\n -~]+/gu, (run) =>
    printable(run).replace(/\\x([0-9a-f]{2})/g, (_match, code: string) => `\\u00${code}`),
  );
}

/**
 * JSON with BigInts as decimal strings, errors as `{code, message, …}` and typed arrays as arrays; indented on a
 * terminal, a single line otherwise, without a line end in both cases.
 */
export function stringifyJson(terminal: Terminal, value: unknown): string {
  const json: string | undefined = JSON.stringify(value, replace, terminal.isTTY ? 2 : undefined);
  return escapeRest(json ?? 'null');
}
