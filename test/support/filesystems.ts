import { readFileSync, writeFileSync } from 'node:fs';
import {
  btrfsLoop,
  type Capability,
  ext4Loop,
  fuse,
  overlayMount,
  tmpfsMount,
  xfsLoop,
} from './capabilities.ts';
import {
  type LoopFilesystem,
  type Mount,
  mountLoop,
  mountOverlay,
  mountSlowfs,
  mountTmpfs,
  type SlowfsMount,
} from './mounts.ts';
import { temporaryDirectory } from './temp.ts';

/** A mounted filesystem with files in it. */
export interface Site extends AsyncDisposable {
  file(name: string): string;
  /** Bytes that were read from the device, or asked of the daemon, so far; undefined where nobody counts. */
  bytesRead(): number | undefined;
}

export interface Filesystem {
  readonly name: 'btrfs' | 'ext4' | 'fuse' | 'overlay' | 'tmpfs' | 'xfs';
  readonly needs: Capability;
  /** Mounts it with what `write` puts into the directory it is given. Files of up to 48 MiB together. */
  open(write: (directory: string) => Promise<void>): Promise<Site>;
}

function loop(kind: LoopFilesystem, needs: Capability, bytes: number): Filesystem {
  return {
    name: kind,
    needs,
    async open(write) {
      const mount = await mountLoop(kind, bytes);
      const device = mount.device.replace('/dev/', '');
      // A loop device keeps its queue's settings from one user to the next.
      writeFileSync(`/sys/block/${device}/queue/iostats`, '1');
      return siteOf(mount, write(mount.path), () => sectorsRead(device) * 512);
    },
  };
}

/** Filesystems whose files can be evicted and read again. */
export const DISKLIKE: readonly Filesystem[] = [
  loop('ext4', ext4Loop, 64 << 20),
  loop('xfs', xfsLoop, 320 << 20),
  loop('btrfs', btrfsLoop, 256 << 20),
  {
    name: 'overlay',
    needs: overlayMount,
    open: (write) => above(write, mountOverlay, () => undefined),
  },
  {
    name: 'fuse',
    needs: fuse,
    open: (write) => above(write, mountSlowfs, (mount: SlowfsMount) => mount.stats().bytes),
  },
];

export const TMPFS: Filesystem = {
  name: 'tmpfs',
  needs: tmpfsMount,
  async open(write) {
    const mount = await mountTmpfs();
    return siteOf(mount, write(mount.path), () => undefined);
  },
};

/** Third number of the line, Documentation/block/stat.rst. */
function sectorsRead(device: string): number {
  return Number(readFileSync(`/sys/block/${device}/stat`, 'utf8').trim().split(/\s+/)[2]);
}

/** A filesystem that shows a directory below it, which is filled first. */
async function above<M extends Mount>(
  write: (directory: string) => Promise<void>,
  mountOver: (directory: string) => Promise<M>,
  bytesRead: (mount: M) => number | undefined,
): Promise<Site> {
  const directory = await temporaryDirectory('below');
  try {
    await write(directory.path);
    const mount = await mountOver(directory.path);
    const site = await siteOf(mount, Promise.resolve(), () => bytesRead(mount));
    return {
      ...site,
      async [Symbol.asyncDispose]() {
        await site[Symbol.asyncDispose]();
        await directory[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await directory[Symbol.asyncDispose]();
    throw error;
  }
}

async function siteOf(mount: Mount, written: Promise<void>, bytesRead: Site['bytesRead']): Promise<Site> {
  try {
    await written;
  } catch (error) {
    await mount[Symbol.asyncDispose]();
    throw error;
  }
  return {
    file: (name) => mount.file(name),
    bytesRead,
    [Symbol.asyncDispose]: () => mount[Symbol.asyncDispose](),
  };
}
