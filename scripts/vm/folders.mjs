import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What one run leaves behind: the console's log, the guest's files. */
export const RUN = join(ROOT, 'build', 'vm');

/** What is worth keeping between runs, and costs nothing but time when it is gone. */
export const CACHE = join(tmpdir(), `warmset-vm-${process.getuid?.() ?? 0}`);

export function makeFolders() {
  mkdirSync(RUN, { recursive: true });
  mkdirSync(CACHE, { recursive: true, mode: 0o700 });
}

export function hashOf(...texts) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Removes what older versions of a recipe have left, some hundreds of megabytes each; not what another run may be using. */
export function removeOld(prefix) {
  for (const name of readdirSync(CACHE).filter((entry) => entry.startsWith(prefix))) {
    const path = join(CACHE, name);
    if (Date.now() - statSync(path).mtimeMs > DAY_MS) rmSync(path, { recursive: true, force: true });
  }
}

export function ownText(url) {
  return readFileSync(fileURLToPath(url), 'utf8');
}
