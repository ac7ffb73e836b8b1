import type { Mount } from '../../host/index.ts';
import type { MountPart } from './types.ts';

/** Which directory of its filesystem a mount shows, where that isn't all of it, and where else it can be seen. Pure. */
export function mountPart(mount: Mount, mounts: readonly Mount[]): MountPart | null {
  if (mount.root === '/') return null;
  const kind = mount.superOptions.includes(`subvol=${mount.root}`) ? 'subvolume' : 'bind';
  const shows = mounts
    .filter(
      (other) => other.id !== mount.id && sameFilesystem(other, mount) && isBelow(mount.root, other.root),
    )
    .toSorted((a, b) => a.root.length - b.root.length || a.id - b.id)[0];
  return {
    kind,
    root: mount.root,
    alsoAt: shows ? join(shows.mountPoint, below(mount.root, shows.root)) : null,
  };
}

function sameFilesystem(a: Mount, b: Mount): boolean {
  return a.major === b.major && a.minor === b.minor && a.fsType === b.fsType;
}

function isBelow(path: string, root: string): boolean {
  return root === '/' || path === root || path.startsWith(`${root}/`);
}

function below(path: string, root: string): string {
  return root === '/' ? path : path.slice(root.length);
}

function join(point: string, rest: string): string {
  return point === '/' ? rest : `${point}${rest}`;
}
