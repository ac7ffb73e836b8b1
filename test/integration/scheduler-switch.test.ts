import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { parseSchedulers } from '../../lib/host/index.ts';
import { openSchedulerSwitch, restoreLeftovers } from '../../lib/scheduler-switch/index.ts';
import { describeWith, loopDevices, root } from '../support/capabilities.ts';
import { mustRun, run, start } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

/** A disk of our own, with a scheduler of its own. */
async function loopDisk(directory: TemporaryDirectory) {
  const image = directory.file('image');
  await writeFile(image, Buffer.alloc(1 << 20));
  const device = basename((await mustRun('losetup', ['--find', '--show', image])).trim());
  const file = `/sys/block/${device}/queue/scheduler`;
  const read = () => parseSchedulers(readFileSync(file, 'utf8'));
  return {
    device,
    file,
    active: () => read().active,
    other: () => read().available.find((name) => name !== read().active) ?? '',
    async [Symbol.asyncDispose]() {
      await run('losetup', ['--detach', `/dev/${device}`]);
    },
  };
}

const waitFor = async (what: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 400 && !what(); tries += 1) await new Promise((wake) => setTimeout(wake, 25));
  expect(what()).toBe(true);
};

describeWith([root, loopDevices], "a device's I/O scheduler", () => {
  it('is changed, put back, and nothing is left behind', async () => {
    await using directory = await temporaryDirectory();
    await using disk = await loopDisk(directory);
    const [original, other] = [disk.active(), disk.other()];
    expect(other).not.toBe('');
    const restore = directory.file('restore');
    const guardPid = await (async () => {
      await using changed = await openSchedulerSwitch({
        device: disk.device,
        schedulers: [other],
        directory: restore,
      });
      expect(changed.original).toBe(original);
      await changed.use(other);
      expect(disk.active()).toBe(other);
      // Another process must neither change it, nor take the file for one that was left behind.
      await expect(
        openSchedulerSwitch({ device: disk.device, schedulers: [other], directory: restore }),
      ).rejects.toMatchObject({
        code: 'WARMSET_UNSUPPORTED',
        message: expect.stringContaining('another process'),
      });
      expect(disk.active()).toBe(other);
      return changed.guardPid;
    })();
    expect(disk.active()).toBe(original);
    expect(await readdir(restore)).toEqual([]);
    expect(() => process.kill(guardPid ?? 0, 0)).toThrow('ESRCH');
  });

  it('refuses what the device has not', async () => {
    await using directory = await temporaryDirectory();
    await using disk = await loopDisk(directory);
    const options = { directory: directory.file('restore') };
    for (const [device, scheduler] of [
      [disk.device, 'nonsense'],
      ['no-such-disk', 'none'],
    ] as const) {
      const opening = openSchedulerSwitch({ ...options, device, schedulers: [scheduler] });
      await expect(opening).rejects.toMatchObject({ code: 'WARMSET_UNSUPPORTED' });
    }
    expect(await readdir(directory.path)).not.toContain('restore');
  });

  /** Another process that changes it, and stays. */
  const changer = async (directory: TemporaryDirectory, device: string, other: string) => {
    const script = `import { openSchedulerSwitch } from ${JSON.stringify(await switchModule())};
      const changed = await openSchedulerSwitch({ device: '${device}', schedulers: ['${other}'], directory: '${directory.file('restore')}' });
      await changed.use('${other}');
      console.log('changed ' + changed.guardPid);
      setInterval(() => {}, 1000);`;
    const running = start(process.execPath, ['--input-type=module', '--eval', script]);
    const [, pid] = await running.saw(/^changed (\d+)$/m);
    return { running, guardPid: Number(pid) };
  };

  it('is put back by the guard when the process is killed', async () => {
    await using directory = await temporaryDirectory();
    await using disk = await loopDisk(directory);
    const [original, other] = [disk.active(), disk.other()];
    const { running } = await changer(directory, disk.device, other);
    expect(disk.active()).toBe(other);
    running.kill('SIGKILL');
    await waitFor(() => disk.active() === original);
    await running.stop();
  });

  it('is put back at the next start when the guard is killed, too', async () => {
    await using directory = await temporaryDirectory();
    await using disk = await loopDisk(directory);
    const [original, other] = [disk.active(), disk.other()];
    const { running, guardPid } = await changer(directory, disk.device, other);
    const restore = directory.file('restore');
    expect(await restoreLeftovers(restore)).toEqual([]);
    process.kill(guardPid, 'SIGKILL');
    running.kill('SIGKILL');
    await running.stop();
    expect(disk.active()).toBe(other);
    expect(await restoreLeftovers(restore)).toMatchObject([{ file: disk.file, scheduler: original }]);
    expect(disk.active()).toBe(original);
    expect(await readdir(restore)).toEqual([]);
  });
});

async function switchModule(): Promise<string> {
  const { bundle } = await import('../support/bundle.ts');
  return `${await bundle()}/scheduler-switch.js`;
}
