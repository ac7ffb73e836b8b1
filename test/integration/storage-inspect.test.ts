import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { inspectStorage, type KnownPlace, type Place } from '../../lib/storage/inspect/index.ts';
import {
  bindMount,
  btrfsLoop,
  describeWith,
  ext4Loop,
  overlayMount,
  root,
  tmpfsMount,
  xfsLoop,
} from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { bindReadOnly, mountLoop, mountOverlay, mountTmpfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { mustRun } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';

async function inspect(path: string): Promise<{ place: KnownPlace; ids: readonly string[] }> {
  const [found] = await inspectStorage([path]);
  return { place: known(found?.place), ids: found?.findings.map(({ id }) => id) ?? [] };
}

function known(place: Place | undefined): KnownPlace {
  if (place?.state !== 'known') throw new Error(`hidden: ${place?.why}`);
  return place;
}

describeWith(
  [root, bindMount, overlayMount, tmpfsMount, ext4Loop, xfsLoop, btrfsLoop],
  'storage inspect',
  () => {
    it('follows an overlay over a bind of a directory of xfs in a loop device, down to the disk', async () => {
      const xfs = owned(await mountLoop('xfs'));
      await mkdir(xfs.file('models'));
      const bind = owned(await bindReadOnly(xfs.file('models')));
      const overlay = owned(await mountOverlay(bind.path));
      const { place, ids } = await inspect(overlay.path);
      expect(place.filesystem).toMatchObject({ name: 'overlay', kind: 'stacked' });
      expect(place.layers.map(({ role }) => role)).toEqual(['upper', 'lower', 'work']);
      expect(place.layers[0]).toMatchObject({ path: overlay.upper });
      const lower = known(place.layers[1]);
      expect(lower).toMatchObject({
        path: bind.path,
        part: { kind: 'bind', root: '/models', alsoAt: xfs.file('models') },
        filesystem: { name: 'xfs', reflinks: { ability: 'yes' } },
        mount: { options: expect.arrayContaining(['ro']) },
        device: { name: xfs.device.replace('/dev/', ''), kind: 'loop', loop: { directIo: true } },
      });
      const image = known(lower.device?.backing ?? undefined);
      expect(image.role).toBe('backing file');
      expect(image.device).not.toBeNull();
      expect(ids).toContain('overlay');
      expect(ids).not.toContain('loop-cached-twice');
    });

    it('counts the space as df does', async () => {
      const ext4 = owned(await mountLoop('ext4'));
      const { place } = await inspect(ext4.path);
      const fields = 'size,avail,itotal,iavail';
      const df = await mustRun('df', ['--block-size=1', `--output=${fields}`, ext4.path]);
      const [size, available, inodes, freeInodes] =
        df.trim().split('\n')[1]?.trim().split(/\s+/).map(Number) ?? [];
      expect(place.space).toMatchObject({ totalBytes: size, availableBytes: available, inodes, freeInodes });
    });

    it('asks xfs whether it was made for reflinks', async () => {
      await using directory = await temporaryDirectory();
      const image = directory.file('image');
      await mustRun('truncate', ['-s', '400M', image]);
      await mustRun('mkfs.xfs', ['-q', '-m', 'reflink=0', image]);
      await mkdir(directory.file('at'));
      await mustRun('mount', ['-o', 'loop', image, directory.file('at')]);
      const { place, ids } = await inspect(directory.file('at'));
      expect(place.filesystem.reflinks).toMatchObject({ ability: 'no' });
      // mount(8) makes its loop devices without direct I/O.
      expect(ids).toContain('loop-cached-twice');
      await mustRun('umount', [directory.file('at')]);
    });

    it('knows btrfs by its disk and its subvolumes, and tmpfs as memory', async () => {
      const btrfs = owned(await mountLoop('btrfs'));
      await mustRun('mount', ['-o', 'remount,compress=zstd', btrfs.path]);
      const { place, ids } = await inspect(btrfs.path);
      expect(place.device?.kind).toBe('loop');
      expect(place.space).toMatchObject({ inodes: null, freeInodes: null });
      expect(place.readAhead?.file).toMatch(/^\/sys\/fs\/btrfs\//);
      expect(ids).toContain('compressed');
      const tmpfs = owned(await mountTmpfs());
      expect((await inspect(tmpfs.path)).ids).toEqual(['memory']);
    });

    it('prints a tree, one line of JSON, and what can’t be followed with exit code 1', async () => {
      await using directory = await temporaryDirectory();
      const overlay = owned(await mountOverlay(directory.path));
      const result = await cli(['storage', 'inspect', overlay.path]);
      expect(result.code).toBe(0);
      expect(result.stdout).toContain(`|- upper ${overlay.upper}`);
      expect(result.stdout).toContain('as above');
      expect(result.stdout).not.toMatch(/[^\n -~]/);
      const missing = await cli(['storage', 'inspect', '--json', overlay.path, directory.file('missing')]);
      expect(missing.code).toBe(1);
      expect(json(missing)).toMatchObject({
        schema: 'warmset.storageInspect/1',
        paths: [
          { places: [{ layers: [1, 2, 3], device: null }, {}, {}, {}] },
          { places: [{ state: 'hidden' }] },
        ],
      });
    });
  },
);
