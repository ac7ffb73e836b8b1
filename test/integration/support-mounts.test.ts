import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { evict, oracle } from '../support/cache.ts';
import {
  bindMount,
  btrfsLoop,
  ext4Loop,
  itWith,
  loopDevices,
  overlayMount,
  root,
  tmpfsMount,
  xfsLoop,
} from '../support/capabilities.ts';
import { readBy } from '../support/file-content.ts';
import { isMounted, mountTable } from '../support/mount-table.ts';
import { bindReadOnly, mountLoop, mountOverlay, mountTmpfs } from '../support/mounts.ts';
import { mustRun, start } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;

describe('mounts', () => {
  itWith([root, tmpfsMount], 'tmpfs has its size and goes', async () => {
    const mount = await mountTmpfs(8 * MIB);
    await writeFile(mount.file('a'), Buffer.alloc(4 * MIB));
    await expect(writeFile(mount.file('b'), Buffer.alloc(8 * MIB))).rejects.toMatchObject({ code: 'ENOSPC' });
    await mount[Symbol.asyncDispose]();
    expect([isMounted(mount.path), existsSync(mount.path)]).toEqual([false, false]);
    // Twice is fine.
    await mount[Symbol.asyncDispose]();
  });

  itWith([root, tmpfsMount], 'go even while someone is in them', async () => {
    const mount = await mountTmpfs();
    await using squatter = start('sh', ['-c', 'echo in; exec sleep 60'], { cwd: mount.path });
    await squatter.saw(/in/);
    await mount[Symbol.asyncDispose]();
    expect([isMounted(mount.path), existsSync(mount.path)]).toEqual([false, false]);
  });

  itWith([root, bindMount], 'a read-only view refuses writes and shows changes', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file('model'), 'weights');
    await using mount = await bindReadOnly(directory.path);
    expect(await readFile(mount.file('model'), 'utf8')).toBe('weights');
    await expect(writeFile(mount.file('model'), 'x')).rejects.toMatchObject({ code: 'EROFS' });
    await writeFile(directory.file('later'), 'x');
    expect((await readdir(mount.path)).sort()).toEqual(['later', 'model']);
  });

  itWith([root, overlayMount], 'an overlay keeps its changes apart', async () => {
    await using lower = await temporaryDirectory();
    await writeFile(lower.file('model'), 'weights');
    await writeFile(lower.file('other'), 'weights');
    await using mount = await mountOverlay(lower.path);
    await writeFile(mount.file('model'), 'changed');
    await rm(mount.file('other'));
    expect(await readFile(lower.file('model'), 'utf8')).toBe('weights');
    expect(await readFile(path.join(mount.upper, 'model'), 'utf8')).toBe('changed');
    expect(existsSync(lower.file('other'))).toBe(true);
    expect(mountTable().find((entry) => entry.path === mount.path)?.type).toBe('overlay');
  });

  for (const [kind, needs] of [
    ['ext4', ext4Loop],
    ['xfs', xfsLoop],
    ['btrfs', btrfsLoop],
  ] as const) {
    itWith([root, loopDevices, needs], `${kind} on a loop device frees the device`, async () => {
      const mount = await mountLoop(kind);
      const entry = mountTable().find((candidate) => candidate.path === mount.path);
      expect([entry?.type, entry?.source]).toEqual([kind, mount.device]);
      await writeRandomFile(mount.file('model'), MIB);
      const image = path.join(path.dirname(mount.path), 'image');
      expect(await mustRun('losetup', ['--noheadings', '--output=BACK-FILE', mount.device])).toContain(image);
      // Sparse: it takes what was written and the metadata, not its size.
      const { blocks, size } = await stat(image);
      expect(blocks * 512).toBeLessThan(size / 2);
      await mount[Symbol.asyncDispose]();
      expect(existsSync(image)).toBe(false);
      expect(await mustRun('losetup', ['--all'])).not.toContain(image);
    });
  }

  itWith([root, ext4Loop], 'a loop device caches nothing of its image', async () => {
    await using mount = await mountLoop('ext4', 64 * MIB);
    await writeRandomFile(mount.file('model'), 16 * MIB);
    const image = path.join(path.dirname(mount.path), 'image');
    await evict(mount.file('model'));
    await evict(image);
    await readBy('pread', mount.file('model'), 0, 16 * MIB);
    expect((await oracle(image)).resident).toBe(0);
  });

  itWith([root, ext4Loop], 'that fail leave nothing behind', async () => {
    await expect(mountLoop('xfs', 16 * MIB)).rejects.toThrow(RangeError);
    await expect(mountOverlay('/nonexistent')).rejects.toThrow(/mount/);
    await expect(bindReadOnly('/nonexistent')).rejects.toThrow(/mount/);
    expect(mountTable().filter((entry) => /warmset-(overlay|bind|xfs)-/.test(entry.path))).toEqual([]);
  });
});
