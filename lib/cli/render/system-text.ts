import { getSystemErrorMap } from 'node:util';

/** What an errno name means, `no such file or directory` for `ENOENT`. */
export function systemText(code: string): string | undefined {
  for (const [name, text] of getSystemErrorMap().values()) if (name === code) return text;
  return undefined;
}
