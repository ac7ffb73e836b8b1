import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';

export interface MountEntry {
  /** The directory within the mounted filesystem that shows at `path`. */
  readonly root: string;
  readonly path: string;
  readonly type: string;
  readonly source: string;
  /** Of the mount and of the superblock. */
  readonly options: readonly string[];
}

/** The mounts of this process, oldest first. Its own reading of mountinfo: it shares nothing with the library. */
export function mountTable(): readonly MountEntry[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.filter((line) => line !== '').map(parseLine);
}

function parseLine(line: string): MountEntry {
  const [left = '', right = ''] = line.split(' - ');
  const [, , , root = '', path = '', options = ''] = left.split(' ');
  const [type = '', source = '', superOptions = ''] = right.split(' ');
  return {
    root: decode(root),
    path: decode(path),
    type,
    source: decode(source),
    options: [...options.split(','), ...superOptions.split(',')],
  };
}

// Space, tab, newline and backslash are written as three octal digits.
function decode(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

export function isMounted(path: string): boolean {
  return mountTable().some((entry) => entry.path === path);
}

/** Detaches every mount at or below `directory`, newest first. Throws when one stays. */
export function detachBelow(directory: string): void {
  const real = realpathSync(directory);
  const below = (entry: MountEntry) => entry.path === real || entry.path.startsWith(`${real}/`);
  for (const { path } of mountTable().filter(below).reverse()) {
    spawnSync('umount', ['--lazy', path], { timeout: 10_000 });
  }
  const left = mountTable().filter(below);
  if (left.length > 0) throw new Error(`still mounted: ${left.map((entry) => entry.path).join(', ')}`);
}
