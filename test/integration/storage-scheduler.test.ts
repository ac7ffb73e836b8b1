import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { parseSchedulers } from '../../lib/host/index.ts';
import { describeWith, ext4Loop, loopDevices, root } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cli, cliProgram, json } from '../support/cli.ts';
import { mountLoop } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { mustRun, run, start } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

async function loopDisk(directory: TemporaryDirectory) {
  const image = directory.file('image');
  await writeFile(image, Buffer.alloc(1 << 20));
  const device = basename((await mustRun('losetup', ['--find', '--show', image])).trim());
  const read = () => parseSchedulers(readFileSync(`/sys/block/${device}/queue/scheduler`, 'utf8'));
  return {
    device,
    active: () => read().active,
    other: read().available.find((name) => name !== read().active) ?? '',
    async [Symbol.asyncDispose]() {
      await run('losetup', ['--detach', `/dev/${device}`]);
    },
  };
}

const VERB = ['storage', 'scheduler'];

describeWith([root, loopDevices], 'storage scheduler', () => {
  it('shows a disk by its name, and by a path on it', { timeout: 30_000 }, async () => {
    await using directory = await temporaryDirectory('scheduler');
    await using disk = await loopDisk(directory);
    for (const what of [disk.device, `/dev/${disk.device}`]) {
      expect(json(await cli([...VERB, '--json', '--state', directory.file('none'), what]))).toMatchObject({
        schema: 'warmset.scheduler/1',
        devices: [
          { device: disk.device, scheduler: disk.active(), available: expect.arrayContaining([disk.other]) },
        ],
        changes: [],
      });
    }
    const all = await cli(VERB);
    expect(all.stdout).toContain(disk.device);
    expect((await cli([...VERB, '/proc'])).code).toBe(1);
  });

  it('sets another for as long as a command runs, and hands on its exit code', {
    timeout: 30_000,
  }, async () => {
    await using directory = await temporaryDirectory('scheduler');
    await using disk = await loopDisk(directory);
    const before = disk.active();
    const script = `cat /sys/block/${disk.device}/queue/scheduler; exit 7`;
    const done = await cli([...VERB, disk.device, '--set', disk.other, '--', 'sh', '-c', script]);
    expect([done.code, done.stdout]).toEqual([7, expect.stringContaining(`[${disk.other}]`)]);
    expect(disk.active()).toBe(before);
    expect((await cli([...VERB, disk.device, '--set', 'nonesuch', '--', 'true'])).stderr).toContain(
      'no scheduler',
    );
    expect((await cli([...VERB, disk.device, '--set', disk.other, '--', '/none'])).code).not.toBe(0);
    expect(disk.active()).toBe(before);
  });

  it.for(['SIGTERM', 'SIGKILL'] as const)('puts it back at %s', { timeout: 30_000 }, async (signal) => {
    await using directory = await temporaryDirectory('scheduler');
    await using disk = await loopDisk(directory);
    const before = disk.active();
    const words = [await cliProgram(), ...VERB, disk.device, '--set', disk.other];
    const running = owned(start(process.execPath, words, { env: BARE_ENVIRONMENT }));
    for (let tries = 0; tries < 400 && disk.active() === before; tries += 1) await delay(25);
    expect(disk.active()).toBe(disk.other);
    running.kill(signal);
    const { code } = await running.ended;
    if (signal === 'SIGTERM') expect(code).toBe(0);
    for (let tries = 0; tries < 200 && disk.active() !== before; tries += 1) await delay(25);
    expect(disk.active()).toBe(before);
  });

  it('keeps one until it is restored, through the journal', { timeout: 30_000 }, async () => {
    await using directory = await temporaryDirectory('scheduler');
    await using disk = await loopDisk(directory);
    const before = disk.active();
    const words = [...VERB, disk.device, '--state', directory.file('changes')];
    const planned = await cli([...words, '--set', disk.other, '--keep', '--dry-run', '--json']);
    expect(json(planned)).toMatchObject({
      schema: 'warmset.schedulerPlan/1',
      refused: false,
      steps: [{ do: 'set-value' }],
    });
    expect(disk.active()).toBe(before);
    for (const _ of ['once', 'twice']) {
      expect((await cli([...words, '--set', disk.other, '--keep'])).code).toBe(0);
      expect(disk.active()).toBe(disk.other);
    }
    expect((await cli(words)).stdout).toContain('applied');
    expect((await cli([...words, '--restore'])).code).toBe(0);
    expect(disk.active()).toBe(before);
    expect((await cli([...words, '--restore'])).code).toBe(1);
  });
});

describeWith([root, ext4Loop], 'a path on a disk', () => {
  it('means that disk', { timeout: 30_000 }, async () => {
    await using disk = await mountLoop('ext4');
    const told = json(await cli([...VERB, '--json', disk.path])) as {
      devices: readonly { device: string }[];
    };
    expect(told.devices.map(({ device }) => device)).toContain(basename(disk.device));
  });
});
