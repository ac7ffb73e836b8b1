import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mirror, mirrorStatus } from '../../lib/storage/mirror/index.ts';
import { describeWith, ext4Loop, fuse, root } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cli, cliProgram } from '../support/cli.ts';
import { mountLoop, mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { run, start } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;
const ATTEMPT = { guard: false } as const;
const NO_GUARD = ['--no-guard', '--quiet'];

async function sameFiles(a: string, b: string): Promise<void> {
  const { code, stdout } = await run('diff', ['-r', '--exclude=.warmset-mirror', a, b]);
  expect([code, stdout]).toEqual([0, '']);
}

/** What anyone sees in a mirror: whole files of the source, and nothing else. */
async function onlyWhole(from: string, to: string): Promise<void> {
  for (const name of await readdir(to)) {
    if (name === '.warmset-mirror') continue;
    expect((await run('cmp', [join(from, name), join(to, name)])).code).toBe(0);
  }
}

it('killed at any moment it leaves whole files alone, and goes on where it was', {
  timeout: 90_000,
}, async () => {
  await using directory = await temporaryDirectory('mirror');
  const [from, to] = [directory.file('from'), directory.file('to')];
  await mkdir(from);
  await writeRandomFile(join(from, 'large'), 40 * MIB, 1);
  for (const name of ['b', 'c', 'd']) await writeRandomFile(join(from, name), 3 * MIB, name.charCodeAt(0));
  const program = await cliProgram();
  const words = [program, 'storage', 'mirror', ...NO_GUARD, '--rate', '60MiB/s', from, to];
  for (let round = 0; round < 20; round += 1) {
    const running = owned(start(process.execPath, words, { env: BARE_ENVIRONMENT }));
    const ended = running.ended.catch(() => undefined);
    const started = performance.now();
    while (!existsSync(join(to, '.warmset-mirror', 'lock')) && performance.now() - started < 5000)
      await delay(2);
    await delay(Math.random() * 150);
    running.kill('SIGKILL');
    await ended;
    if (existsSync(to)) await onlyWhole(from, to);
  }
  const last = await mirror(from, to, ATTEMPT);
  expect(last.whole).toBe(true);
  await sameFiles(from, to);
  expect(await readdir(join(to, '.warmset-mirror', 'partial'))).toEqual([]);
});

it('ended by a signal it goes on from its last window, unless the source is another by then', {
  timeout: 60_000,
}, async () => {
  await using directory = await temporaryDirectory('mirror');
  const [from, to] = [directory.file('from'), directory.file('to')];
  await mkdir(from);
  await writeRandomFile(join(from, 'model'), 40 * MIB, 1);
  const stopAt = async (bytes: number) => {
    const end = new AbortController();
    return mirror(from, to, {
      ...{ ...ATTEMPT, signal: end.signal },
      onProgress: ({ copied }) => {
        if (copied >= bytes) end.abort(new Error('enough'));
      },
    });
  };
  expect(await stopAt(20 * MIB)).toMatchObject({
    whole: false,
    stopped: { reason: 'signal', detail: 'enough' },
  });
  expect(await readdir(to)).toEqual(['.warmset-mirror']);
  const second = await stopAt(30 * MIB);
  expect(second.whole).toBe(false);
  // A byte of what is there was lost: then nothing of it is believed.
  const [partial = ''] = (await readdir(join(to, '.warmset-mirror/partial'))).filter(
    (name) => !name.endsWith('l'),
  );
  const path = join(to, '.warmset-mirror/partial', partial);
  const third = await mirror(from, to, ATTEMPT);
  expect(third.files[0]).toMatchObject({ outcome: 'copied', resumedBytes: expect.any(Number) });
  expect(third.files[0]?.resumedBytes).toBeGreaterThanOrEqual(16 * MIB);
  expect(existsSync(path)).toBe(false);
  await sameFiles(from, to);
  await writeRandomFile(join(from, 'model'), 40 * MIB, 2);
  await stopAt(20 * MIB);
  const again = await readdir(join(to, '.warmset-mirror/partial'));
  const damaged = join(to, '.warmset-mirror/partial', again.find((name) => !name.endsWith('l')) ?? '');
  const bytes = await readFile(damaged);
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  await writeFile(damaged, bytes);
  expect((await mirror(from, to, ATTEMPT)).files[0]).toMatchObject({ outcome: 'copied', resumedBytes: 0 });
  await sameFiles(from, to);
});

it('a source that is cut off or removed meanwhile fails alone', { timeout: 30_000 }, async () => {
  await using directory = await temporaryDirectory('mirror');
  const [from, to] = [directory.file('from'), directory.file('to')];
  await mkdir(from);
  for (const name of ['a', 'b', 'c']) await writeRandomFile(join(from, name), 12 * MIB);
  let done = false;
  const result = await mirror(from, to, {
    ...ATTEMPT,
    rate: 100 * MIB,
    onProgress: ({ copied }) => {
      if (done || copied < MIB) return;
      done = true;
      void truncate(join(from, 'a'), MIB);
      void rm(join(from, 'b'));
    },
  });
  expect(result.files.map(({ path, outcome, failure }) => [path, outcome, failure?.code])).toEqual([
    ['a', 'failed', expect.stringMatching(/^WARMSET_FILE_(TRUNCATED|REPLACED)$/)],
    ['b', 'failed', 'ENOENT'],
    ['c', 'copied', undefined],
  ]);
  expect((await readdir(to)).toSorted()).toEqual(['.warmset-mirror', 'c']);
});

it('--stop ends a loop and waits for it; a second process is told to wait', { timeout: 60_000 }, async () => {
  await using directory = await temporaryDirectory('mirror');
  const [from, to] = [directory.file('from'), directory.file('to')];
  await mkdir(from);
  await writeRandomFile(join(from, 'model'), 24 * MIB);
  const words = ['storage', 'mirror', ...NO_GUARD, from, to];
  const loop = owned(
    start(process.execPath, [await cliProgram(), ...words, '--rate', '8MiB/s', '--loop', '1'], {
      env: BARE_ENVIRONMENT,
    }),
  );
  const started = performance.now();
  while ((await mirrorStatus(to))?.pid == null && performance.now() - started < 10_000) await delay(20);
  expect((await mirrorStatus(to))?.pid).toBe(loop.pid);
  expect(await cli(words)).toMatchObject({ code: 1, stderr: expect.stringContaining('another process') });
  expect(await cli([...words, '--stop'])).toMatchObject({
    code: 0,
    stdout: `process ${loop.pid} has ended\n`,
  });
  expect((await loop.ended).code).toBe(0);
  expect(await cli([...words, '--stop'])).toMatchObject({ code: 0, stdout: 'nobody works on it\n' });
});

describeWith([root, ext4Loop], 'a filesystem that is full', () => {
  it('is left with its reserve, without half a file, and what fits is there', {
    timeout: 60_000,
  }, async () => {
    await using directory = await temporaryDirectory('mirror');
    await using disk = await mountLoop('ext4', 32 << 20);
    const from = directory.file('from');
    await mkdir(from);
    await writeRandomFile(join(from, 'a'), 4 * MIB);
    await writeRandomFile(join(from, 'b'), 60 * MIB);
    await writeRandomFile(join(from, 'c'), 1 * MIB);
    const result = await mirror(from, disk.file('to'), ATTEMPT);
    expect(result).toMatchObject({ whole: false, stopped: { reason: 'no-room' }, copied: { files: 2 } });
    expect((await readdir(disk.file('to'))).toSorted()).toEqual(['.warmset-mirror', 'a', 'c']);
  });

  it('by somebody else meanwhile: the half file is taken away again', { timeout: 60_000 }, async () => {
    await using directory = await temporaryDirectory('mirror');
    await using disk = await mountLoop('ext4', 48 << 20);
    const from = directory.file('from');
    await mkdir(from);
    await writeRandomFile(join(from, 'model'), 30 * MIB);
    let filled: Promise<unknown> | null = null;
    const result = await mirror(from, disk.file('to'), {
      ...{ ...ATTEMPT, rate: 40 * MIB },
      onProgress: ({ copied }) => {
        if (copied >= 4 * MIB)
          filled ??= writeRandomFile(disk.file('theirs'), 22 * MIB, 9).catch(() => undefined);
      },
    });
    await filled;
    expect(result).toMatchObject({ whole: false, stopped: { reason: 'no-room' } });
    expect(await readdir(disk.file('to'))).toEqual(['.warmset-mirror']);
    expect(await readdir(disk.file('to/.warmset-mirror/partial'))).toEqual([]);
    await rm(disk.file('theirs'));
    expect((await mirror(from, disk.file('to'), ATTEMPT)).whole).toBe(true);
  });
});

describeWith([root, fuse], 'a source that fails', () => {
  it('by EIO in one file, leaves the others whole, and is taken up when it is over', {
    timeout: 60_000,
  }, async () => {
    await using directory = await temporaryDirectory('mirror');
    const [from, to] = [directory.file('from'), directory.file('to')];
    await mkdir(from);
    for (const name of ['a', 'bad', 'c']) await writeRandomFile(join(from, name), 10 * MIB, name.length);
    await using source = await mountSlowfs(from, { faults: { eioFrom: 9 * MIB, eioPath: 'bad' } });
    const result = await mirror(source.path, to, ATTEMPT);
    expect(result.files.map(({ path, outcome, failure }) => [path, outcome, failure?.code])).toEqual([
      ['a', 'copied', undefined],
      ['bad', 'failed', 'EIO'],
      ['c', 'copied', undefined],
    ]);
    expect((await readdir(to)).toSorted()).toEqual(['.warmset-mirror', 'a', 'c']);
    await source.set({});
    const second = await mirror(source.path, to, ATTEMPT);
    expect(second).toMatchObject({ whole: true, skipped: { files: 2 } });
    expect(second.files[0]?.resumedBytes).toBe(8 * MIB);
    await sameFiles(from, to);
    expect((await stat(join(to, 'bad'))).size).toBe(10 * MIB);
  });
});
