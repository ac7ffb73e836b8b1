import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { evict, makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import { describeWith, ext4Loop, fuse, itWith, root } from '../support/capabilities.ts';
import { fixture } from '../support/compile.ts';
import { readBy, sha256 } from '../support/file-content.ts';
import { isMounted } from '../support/mount-table.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { mustRun, NOBODY, run, start } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;

describeWith([root, fuse], 'slowfs', () => {
  const SIZE = 8 * MIB;

  it('mirrors a tree, read-only', async () => {
    await using directory = await temporaryDirectory();
    await mkdir(directory.file('sub'));
    await writeRandomFile(directory.file('sub', 'model'), SIZE + 3);
    await mustRun('ln', ['-s', 'sub/model', directory.file('link')]);
    await using mount = await mountSlowfs(directory.path);
    expect((await readdir(mount.path)).sort()).toEqual(['link', 'sub']);
    expect(await sha256(mount.file('link'))).toBe(await sha256(directory.file('sub', 'model')));
    const [here, there] = [
      await stat(mount.file('sub', 'model')),
      await stat(directory.file('sub', 'model')),
    ];
    expect([here.size, here.ino, here.mtimeMs]).toEqual([there.size, there.ino, there.mtimeMs]);
    await expect(writeFile(mount.file('new'), '')).rejects.toMatchObject({ code: 'EROFS' });
    await expect(readFile(mount.file('gone'))).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(directory.file('later'), 'x');
    expect(await readFile(mount.file('later'), 'utf8')).toBe('x');
    expect(await mustRun('cat', [mount.file('later')], { uid: NOBODY })).toBe('x');
  });

  it('keeps the page cache across opens, and counts what is asked of it', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), SIZE);
    await using mount = await mountSlowfs(directory.path);
    expect(mount.stats()).toEqual({ reads: 0, bytes: 0 });
    await readBy('pread', mount.file('model'), 0, SIZE);
    const first = mount.stats();
    expect(first.bytes).toBe(SIZE);
    expect((await oracle(mount.file('model'))).resident).toBe(SIZE / PAGE_SIZE);
    await readBy('pread', mount.file('model'), 0, SIZE);
    expect(mount.stats()).toEqual(first);
  });

  it('can lose the page cache at each open, or have none', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), SIZE);
    {
      await using mount = await mountSlowfs(directory.path, { dropOnOpen: true });
      await readBy('pread', mount.file('model'), 0, SIZE);
      expect((await oracle(mount.file('model'))).resident).toBe(0);
    }
    await using mount = await mountSlowfs(directory.path, { directIo: true });
    await readBy('pread', mount.file('model'), 0, SIZE);
    await readBy('pread', mount.file('model'), 0, SIZE);
    expect(mount.stats().bytes).toBe(2 * SIZE);
    expect((await oracle(mount.file('model'))).resident).toBe(0);
  });

  it('is as slow as told, from the next read on', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), SIZE);
    await using mount = await mountSlowfs(directory.path);
    const file = mount.file('model');
    const timed = async (page: number) => {
      const began = performance.now();
      await readBy('pread', file, page * PAGE_SIZE, 1);
      return performance.now() - began;
    };
    await makePagesResident(file, []);
    expect(await timed(0)).toBeLessThan(250);
    await mount.set({ delayUs: 300_000 });
    expect(await timed(1024)).toBeGreaterThanOrEqual(300);
    // What is resident asks the daemon nothing.
    expect(await timed(1024)).toBeLessThan(250);
    await mount.set({});
    expect(await timed(1536)).toBeLessThan(250);
  });

  it.for(['pread', 'sendfile'])('fails %s from the byte on, and not before', async (way) => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), SIZE);
    await using mount = await mountSlowfs(directory.path, { faults: { eioFrom: 4 * MIB } });
    const file = mount.file('model');
    expect(await readBy(way, file, 4 * MIB - PAGE_SIZE, PAGE_SIZE)).toBe(`ok ${PAGE_SIZE}`);
    expect(await readBy(way, file, 0, 4 * MIB)).toBe(`ok ${4 * MIB}`);
    expect(await readBy(way, file, 4 * MIB, 1)).toBe('EIO');
    expect(await readBy(way, file, 7 * MIB, MIB)).toBe('EIO');
    expect((await oracle(file)).runs.every(([first, count]) => (first + count) * PAGE_SIZE <= 4 * MIB)).toBe(
      true,
    );
    // The medium recovers.
    await mount.set({});
    expect(await readBy(way, file, 0, SIZE)).toBe(`ok ${SIZE}`);
  });

  it('fails MADV_POPULATE_READ with EFAULT, and touching by SIGBUS', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), SIZE);
    await using mount = await mountSlowfs(directory.path, { faults: { eioFrom: 4 * MIB } });
    const file = mount.file('model');
    expect(await readBy('populate', file, 0, 4 * MIB)).toBe(`ok ${4 * MIB}`);
    expect(await readBy('populate', file, 4 * MIB, MIB)).toBe('EFAULT');
    expect(await readBy('populate', file, 3 * MIB, 2 * MIB)).toBe('EFAULT');
    const touched = await run(fixture('read-by'), ['touch', file, String(4 * MIB), '1']);
    expect(touched.signal).toBe('SIGBUS');
  });

  it('fails only the paths named', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('a.good'), MIB);
    await writeRandomFile(directory.file('b.bad'), MIB);
    await using mount = await mountSlowfs(directory.path, { faults: { eioPath: '.bad' } });
    expect(await readBy('pread', mount.file('a.good'), 0, MIB)).toBe(`ok ${MIB}`);
    expect(await readBy('pread', mount.file('b.bad'), 0, MIB)).toBe('EIO');
    await mount.set({ eioPath: '.good', eioFrom: MIB / 2 });
    await evict(mount.file('a.good'));
    expect(await readBy('pread', mount.file('a.good'), 0, MIB / 2)).toBe(`ok ${MIB / 2}`);
    expect(await readBy('pread', mount.file('a.good'), 0, MIB)).toBe('EIO');
    expect(await readBy('pread', mount.file('b.bad'), 0, MIB)).toBe(`ok ${MIB}`);
  });

  it('never lets a test pass because its faults were not understood', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), MIB);
    await using mount = await mountSlowfs(directory.path);
    const control = path.join(path.dirname(mount.path), 'control');
    for (const text of ['delay_ms 3\n', 'delay_us -1\n', 'eio_from x\n', 'delay_us 3 4\n']) {
      await writeFile(control, text);
      expect(await readBy('pread', mount.file('model'), 0, 1), text).toBe('EPROTO');
    }
    await rm(control);
    expect(await readBy('pread', mount.file('model'), 0, 1)).toBe('EPROTO');
    await mount.set({});
    expect(await readBy('pread', mount.file('model'), 0, 1)).toBe('ok 1');
  });

  it('goes while a reader hangs in it, and frees the reader', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), MIB);
    const mount = await mountSlowfs(directory.path, { faults: { delayUs: 60_000_000 } });
    await using reader = start(fixture('read-by'), ['pread', mount.file('model'), '0', '1']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const began = performance.now();
    await mount[Symbol.asyncDispose]();
    expect([isMounted(mount.path), existsSync(mount.path)]).toEqual([false, false]);
    // The daemon is killed at once, not after the two seconds that a polite end may take.
    const { stdout } = await reader.ended;
    expect(stdout.trim()).toMatch(/^E[A-Z]+$/);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('goes after its daemon was killed', async () => {
    await using directory = await temporaryDirectory();
    const mount = await mountSlowfs(directory.path);
    expect(mount.pid).toBeGreaterThan(0);
    process.kill(mount.pid ?? Number.NaN, 'SIGKILL');
    await mount[Symbol.asyncDispose]();
    expect([isMounted(mount.path), existsSync(mount.path)]).toEqual([false, false]);
  });

  itWith(ext4Loop, 'makes a slow block device', async () => {
    await using directory = await temporaryDirectory();
    const image = directory.file('image');
    await writeFile(image, '');
    await truncate(image, 32 * MIB);
    await mustRun('mkfs.ext4', ['-q', image]);
    await using mount = await mountSlowfs(directory.path);
    const device = (
      await mustRun('losetup', ['--find', '--show', '--read-only', mount.file('image')])
    ).trim();
    try {
      await mount.set({ delayUs: 100_000 });
      const began = performance.now();
      await mustRun('dd', [
        `if=${device}`,
        'of=/dev/null',
        'bs=4096',
        'count=1',
        'skip=4096',
        'iflag=direct',
      ]);
      expect(performance.now() - began).toBeGreaterThanOrEqual(100);
    } finally {
      await mount.set({});
      await mustRun('losetup', ['--detach', device]);
    }
  });
});
