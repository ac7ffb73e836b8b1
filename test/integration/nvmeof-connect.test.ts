import { spawnSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { expect, it, test } from 'vitest';
import { connectNow } from '../../lib/storage/nvmeof/connect/connect-now.ts';
import { usersOfDisk, withFreeDisks } from '../../lib/storage/nvmeof/connect/disk-users.ts';
import { connectOptions } from '../../lib/storage/nvmeof/connect/options.ts';
import { readSecrets } from '../../lib/storage/nvmeof/connect/secrets.ts';
import { capability, describeWith, ext4Loop, itWith, nobody, root } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { mustRun, NOBODY, start } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { REQUEST } from '../unit/storage/nvmeof/requests.ts';

const nvmeCli = capability('nvme-cli', () => {
  const { status, error } = spawnSync('nvme', ['version']);
  return status === 0 ? undefined : (error?.message ?? `it ended with ${status}`);
});

const CONNECT = [
  'nvmeof',
  'connect',
  '--transport',
  'tcp',
  '--address',
  '127.0.0.1',
  '--nqn',
  'nqn.2024-01.org.example:x',
];

itWith(nvmeCli, 'nvme-cli knows every word that it is given', () => {
  const { stdout, stderr } = spawnSync('nvme', ['connect', '--help'], { encoding: 'utf8' });
  const full = {
    ...REQUEST,
    hostAddress: '127.0.0.2',
    hostInterface: 'lo',
    headerDigest: true,
    dataDigest: true,
  };
  for (const { name, later } of connectOptions({ ...full, fastIoFailSeconds: 5 })) {
    if (later === undefined) expect(stdout + stderr).toMatch(new RegExp(`--${name}[=, \\]]`));
  }
});

describeWith([root, ext4Loop], 'a disk in use', () => {
  async function withLoop(body: (disk: string, directory: string) => Promise<void>): Promise<void> {
    await using directory = await temporaryDirectory('disk');
    const image = directory.file('image');
    await mustRun('truncate', ['-s', '16M', image]);
    await mustRun('mkfs.ext4', ['-q', image]);
    await mustRun('mkdir', [directory.file('mnt')]);
    const device = (await mustRun('losetup', ['--find', '--show', image])).trim();
    try {
      await body(device.slice('/dev/'.length), directory.path);
    } finally {
      await mustRun('losetup', ['--detach', device]);
    }
  }

  it('is free as long as nobody has it', async () => {
    await withLoop(async (disk) => {
      expect(await usersOfDisk(disk)).toEqual([]);
      expect(await withFreeDisks([disk], async () => 'done')).toBe('done');
    });
  });

  it('is refused with where it is mounted', async () => {
    await withLoop(async (disk, directory) => {
      await mustRun('mount', [`/dev/${disk}`, `${directory}/mnt`]);
      try {
        expect(await usersOfDisk(disk)).toEqual([`/dev/${disk} is mounted at ${directory}/mnt`]);
        let touched = false;
        const attempt = withFreeDisks([disk], async () => {
          touched = true;
        });
        await expect(attempt).rejects.toMatchObject({ code: 'WARMSET_NVMEOF', subject: disk });
        expect(touched).toBe(false);
      } finally {
        await mustRun('umount', [`${directory}/mnt`]);
      }
    });
  });

  it('is refused where it is mounted in another mount namespace, which no list here shows', async () => {
    await withLoop(async (disk, directory) => {
      const script = 'mount "/dev/$1" "$2/mnt" && echo mounted && read -r line; umount "$2/mnt"';
      const words = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', disk, directory];
      const other = start('unshare', words);
      try {
        await other.saw(/mounted/);
        expect(await usersOfDisk(disk)).toEqual([]);
        await expect(withFreeDisks([disk], async () => undefined)).rejects.toMatchObject({
          code: 'WARMSET_NVMEOF',
          message: expect.stringContaining('another namespace'),
        });
      } finally {
        other.stdin.end('\n');
        await other.ended;
      }
    });
  });

  it('is refused while a process has it open, and nobody can mount it while it is held', async () => {
    await withLoop(async (disk, directory) => {
      const reader = start('sh', ['-c', `exec 3< /dev/${disk}; echo open; read -r line`]);
      await reader.saw(/open/);
      await expect(withFreeDisks([disk], async () => undefined)).rejects.toThrow(`pid ${reader.pid}`);
      reader.stdin.end('\n');
      await reader.ended;
      await withFreeDisks([disk], async () => {
        await expect(mustRun('mount', [`/dev/${disk}`, `${directory}/mnt`])).rejects.toThrow();
      });
    });
  });
});

test('a plan changes nothing, needs no journal, and is the default', async () => {
  await using directory = await temporaryDirectory();
  const state = directory.file('state');
  const planned = await cli([...CONNECT, '--state', state, '--json']);
  expect(json(planned)).toMatchObject({ schema: 'warmset.nvmeofConnect/1', applied: false });
  expect(await readdir(directory.path)).toEqual([]);
});

itWith(nobody, 'who is not root is told so before anything is tried', async () => {
  for (const words of [
    [...CONNECT, '--apply'],
    ['nvmeof', 'tune', 'apply'],
    ['nvmeof', 'units', 'remove'],
    ['nvmeof', 'disconnect', 'nqn.2024-01.org.example:x', '--apply'],
  ]) {
    const { code, stderr } = await cli(words, { uid: NOBODY });
    expect([code === 0, stderr.includes('needs root')]).toEqual([false, true]);
  }
});

test('a secret in a command line is no option', async () => {
  const { code } = await cli([...CONNECT, '--secret', 'DHHC-1:00:x:']);
  expect(code).toBe(2);
});

test('secrets come from a file or the environment, and no error has any of them', async () => {
  await using directory = await temporaryDirectory();
  const secret = `DHHC-1:00:${Buffer.alloc(36, 7).toString('base64')}:`;
  const file = directory.file('secret');
  await writeFile(file, `${secret}\n`);
  process.env.WARMSET_TEST_SECRET = 'DHHC-1:00:wrongsecret:';
  try {
    expect(await readSecrets({ ...REQUEST, secret: { from: 'file', path: file } })).toMatchObject({ secret });
    const wrong = readSecrets({ ...REQUEST, secret: { from: 'environment', name: 'WARMSET_TEST_SECRET' } });
    await expect(wrong).rejects.toMatchObject({
      code: 'WARMSET_NVMEOF',
      message: expect.not.stringContaining('wrongsecret'),
    });
  } finally {
    delete process.env.WARMSET_TEST_SECRET;
  }
  const missing = readSecrets({ ...REQUEST, secret: { from: 'file', path: directory.file('none') } });
  await expect(missing).rejects.toMatchObject({
    code: 'WARMSET_NVMEOF',
    message: expect.stringContaining('ENOENT'),
  });
});

const noFabrics = capability('a kernel without NVMe-oF', () =>
  spawnSync('test', ['-e', '/dev/nvme-fabrics']).status === 0 ? 'it has it' : undefined,
);

itWith(noFabrics, 'a kernel without NVMe-oF says what to load', async () => {
  await expect(connectNow(REQUEST, 'kernel')).rejects.toMatchObject({
    ...{ code: 'WARMSET_NVMEOF', remedy: expect.stringContaining('modprobe nvme-tcp') },
  });
});

test('a gate without anything to compare stays shut', async () => {
  await using directory = await temporaryDirectory();
  const file = directory.file('baseline.json');
  await writeFile(file, '{"schema":"warmset.nvmeofBaseline/1","atMs":1,"paths":[]}');
  const checked = await cli(['nvmeof', 'status', '--baseline', 'check', file, '--json']);
  expect(checked.code).toBe(1);
  expect(json(checked)).toMatchObject({ schema: 'warmset.nvmeofCheck/1', verdict: 'worse' });
  expect((await cli(['nvmeof', 'status', '--baseline', 'look', file])).code).toBe(2);
});
