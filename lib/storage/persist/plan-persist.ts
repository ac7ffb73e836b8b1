import { dirname, join } from 'node:path';
import type { MakeDirectory, Step, Symlink, WriteFile } from '../../change/index.ts';
import { exists } from '../tree/exists.ts';
import type { FstabLine } from './fstab-line.ts';
import { fstabLine, mountUnit, type PersistedMount } from './mount-unit.ts';
import type { ReloadSystemd } from './reload-systemd.ts';
import { mountUnitName } from './unit-name.ts';

/**
 * - `systemd`: mount units, wanted by remote-fs.target.
 * - `fstab`: lines of /etc/fstab.
 * - `none`: the next boot finds the directory empty and closed; applying it again mounts it again.
 */
export type Persist = 'systemd' | 'fstab' | 'none';

export const PERSIST: readonly Persist[] = ['systemd', 'fstab', 'none'];

export interface PersistPlaces {
  /** @default '/etc/systemd/system' */
  readonly unitDirectory?: string | undefined;
  /** @default '/etc/fstab' */
  readonly fstab?: string | undefined;
}

/** What keeps mounts over a boot, in the order in which they must be mounted. */
export async function planPersist(
  how: Persist,
  mounts: readonly PersistedMount[],
  { unitDirectory = '/etc/systemd/system', fstab = '/etc/fstab' }: PersistPlaces = {},
): Promise<readonly Step[]> {
  if (how === 'none') return [];
  if (how === 'fstab') {
    return mounts.map((mount): FstabLine => ({ do: 'fstab-line', file: fstab, line: fstabLine(mount) }));
  }
  const wants = join(unitDirectory, 'remote-fs.target.wants');
  const reload = (after: 'apply' | 'undo'): ReloadSystemd => ({ do: 'reload-systemd', after });
  return [
    reload('undo'),
    ...(await missingDirectories(wants)),
    ...mounts.flatMap((mount): Step[] => {
      const name = mountUnitName(mount.at);
      const path = join(unitDirectory, name);
      const unit: WriteFile = { do: 'write-file', path, text: mountUnit(mount), mode: 0o644, before: null };
      const link: Symlink = { do: 'symlink', path: join(wants, name), target: path, before: null };
      return [unit, link];
    }),
    reload('apply'),
  ];
}

/** Steps that make a directory and those above it that are missing, outermost first. */
export async function missingDirectories(path: string, mode = 0o755): Promise<readonly MakeDirectory[]> {
  const missing: MakeDirectory[] = [];
  for (let at = path; !(await exists(at)); at = dirname(at)) {
    missing.unshift({ do: 'make-directory', path: at, mode, uid: 0, gid: 0 });
  }
  return missing;
}
