import { resolve } from 'node:path';
import type { Search } from './search.ts';

/** A variable's value as a path; undefined where it is unset or empty. */
export function envPath(name: string, search: Pick<Search, 'env' | 'home' | 'cwd'>): string | undefined {
  const value = search.env[name];
  return value === undefined || value === '' ? undefined : expandPath(value, search);
}

/** `~`, `$NAME` and `${NAME}` stand for what Python's expanduser and expandvars make of them. Pure. */
export function expandPath(path: string, { env, home, cwd }: Pick<Search, 'env' | 'home' | 'cwd'>): string {
  const named = path.replace(/\$(?:(\w+)|\{([^}]*)\})/g, (whole, bare?: string, braced?: string) => {
    const value = env[bare ?? braced ?? ''];
    // As in Python, what isn't set stays as it was written.
    return value ?? whole;
  });
  return resolve(
    cwd,
    named.replace(/^~(?=\/|$)/, () => home),
  );
}
