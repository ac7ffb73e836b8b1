import { readFileSync, truncateSync } from 'node:fs';
import { expect, it } from 'vitest';
import { evict, lock, resolveTargets, WarmsetError } from '../../lib/index.ts';
import { evict as evictByForce } from '../support/cache.ts';
import { cc, cgroupV1Memory, describeWith, nobody, root } from '../support/capabilities.ts';
import { memoryCgroup } from '../support/cgroup.ts';
import { inScript, scriptCommand, startScript } from '../support/library-script.ts';
import { mustRun, NOBODY } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { expectTruth, residentBytes } from '../support/truth.ts';

const MIB = 1 << 20;
const SIZE = 6 * MIB + 100;

/** A mapping goes with the last of its jobs, which may be a moment behind the promise. */
async function expectLockedKib(expected: number): Promise<void> {
  await expect.poll(() => lockedKib(), { timeout: 5_000 }).toBe(expected);
}

function lockedKib(pid: number | 'self' = 'self'): number {
  return Number(/^VmLck:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

describeWith([root, cc], 'a lock', () => {
  it('reads in, holds against eviction until it is released', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    await evictByForce(file);
    const set = await resolveTargets([file]);
    const before = lockedKib();
    const held = await lock(set);
    expect(held).toMatchObject({ lockedBytes: SIZE, lockedFiles: 1, failed: [], fill: { read: SIZE } });
    await expectTruth(held.fill);
    await expectLockedKib(before + Math.ceil(SIZE / 4096) * 4);
    const kept = await evict(set);
    expect(kept.residentNow).toBe(SIZE);
    expect(kept.files[0]?.survival).toMatchObject({ why: 'mapped', processes: [{ pid: process.pid }] });
    expect(await residentBytes(file)).toBe(SIZE);
    await held.release();
    await held.release();
    await expectLockedKib(before);
    expect(await evict(set)).toMatchObject({ residentNow: 0 });
  });

  it('is released by await using', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    const set = await resolveTargets([file]);
    const before = lockedKib();
    {
      await using _held = await lock(set);
      expect(await evict(set)).toMatchObject({ residentNow: SIZE });
    }
    await expectLockedKib(before);
    expect(await evict(set)).toMatchObject({ residentNow: 0 });
  });

  it('says of each file that it could not hold why, and holds the others', async () => {
    await using directory = await temporaryDirectory();
    const [short, whole] = [directory.file('short'), directory.file('whole')];
    for (const file of [short, whole]) await writeRandomFile(file, SIZE);
    const set = await resolveTargets([short, directory.file('none'), whole]);
    const before = lockedKib();
    // Resident, so nothing is read of it and the fill doesn't see what happened.
    const held = await lock(set, { onPlan: () => truncateSync(short, MIB) });
    expect(held).toMatchObject({ lockedBytes: SIZE, lockedFiles: 1 });
    expect(held.failed).toMatchObject([{ file: { path: short }, failure: { syscall: 'mlock2' } }]);
    await expectLockedKib(before + Math.ceil(SIZE / 4096) * 4);
    await held.release();
    await expectLockedKib(before);
  });

  it('holds nothing when it is aborted', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    const set = await resolveTargets([file]);
    const before = lockedKib();
    const controller = new AbortController();
    const reason = new Error('enough');
    const locking = lock(set, { signal: controller.signal, onPlan: () => controller.abort(reason) });
    await expect(locking).rejects.toBe(reason);
    await expectLockedKib(before);
  });

  it('ends with the process that holds it', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    const set = await resolveTargets([file]);
    const snippet = `
      globalThis.held = await warmset.lock(await warmset.resolveTargets([args]));
      console.log('held'); setInterval(() => {}, 1000); await new Promise(() => {});`;
    await using holder = await startScript(snippet, { args: file });
    await holder.saw(/held/);
    expect(await evict(set)).toMatchObject({ residentNow: SIZE });
    holder.kill('SIGKILL');
    await holder.ended;
    expect(await evict(set)).toMatchObject({ residentNow: 0 });
  });
});

describeWith([root, cc, cgroupV1Memory], 'a lock in a full cgroup', () => {
  it('holds its pages while everything else is reclaimed', async () => {
    await using directory = await temporaryDirectory();
    const [file, flood] = [directory.file('model'), directory.file('flood')];
    await writeRandomFile(file, 24 * MIB);
    await mustRun('dd', ['if=/dev/zero', `of=${flood}`, 'bs=1M', 'count=256', 'conv=fsync', 'status=none']);
    for (const path of [file, flood]) await evictByForce(path);
    await using cgroup = await memoryCgroup(128 * MIB);
    const snippet = `
      const { execFileSync } = await import('node:child_process');
      const resident = async (file) =>
        (await warmset.residency(await warmset.resolveTargets([file]))).total.residentBytes;
      const held = await warmset.lock(await warmset.resolveTargets([args.file]));
      // Twice what the cgroup may have.
      execFileSync('sh', ['-c', 'cat "$0" > /dev/null', args.flood]);
      const answer = { locked: await resident(args.file), flooded: await resident(args.flood) };
      await held.release();
      return answer;`;
    const [command, args] = await scriptCommand(snippet, { args: { file, flood } });
    const { code, stdout, stderr } = await cgroup.run(command, args, { timeoutMs: 30_000 });
    expect([code, stderr]).toEqual([0, '']);
    const { locked, flooded } = JSON.parse(stdout) as { locked: number; flooded: number };
    expect(locked).toBe(24 * MIB);
    expect(flooded).toBeLessThan(128 * MIB);
  });

  it('is refused beyond its limit before anything is tried', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 160 * MIB);
    await evictByForce(file);
    await using cgroup = await memoryCgroup(128 * MIB);
    const snippet = `
      return warmset.lock(await warmset.resolveTargets([args])).then(
        () => 'locked',
        ({ name, code, message, remedy }) => ({ name, code, message, remedy }));`;
    const [command, args] = await scriptCommand(snippet, { args: file });
    const { code, stdout } = await cgroup.run(command, args, { timeoutMs: 30_000 });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      name: 'WarmsetError',
      code: 'WARMSET_LOCK_LIMIT',
      message: expect.stringMatching(/can be held \(memory\.limit_in_bytes/),
      remedy: expect.stringMatching(/cgroup/),
    });
    expect(await residentBytes(file)).toBe(0);
  });
});

describeWith([root, cc, nobody], 'RLIMIT_MEMLOCK', () => {
  const snippet = `
    return warmset.lock(await warmset.resolveTargets(args)).then(
      async (held) => { const { lockedBytes } = held; await held.release(); return { lockedBytes }; },
      ({ code, message, remedy }) => ({ code, message, remedy }));`;
  const wrapper = ['prlimit', `--memlock=${MIB}`];

  it('is kept: what fits is held, what does not is refused beforehand', async () => {
    await using directory = await temporaryDirectory();
    const [fits, large] = [directory.file('fits'), directory.file('large')];
    await writeRandomFile(fits, MIB);
    await writeRandomFile(large, MIB + 1);
    await evictByForce(large);
    expect(await inScript(snippet, { uid: NOBODY, wrapper, args: [fits] })).toEqual({ lockedBytes: MIB });
    expect(await inScript(snippet, { uid: NOBODY, wrapper, args: [large] })).toMatchObject({
      code: 'WARMSET_LOCK_LIMIT',
      message: expect.stringMatching(/RLIMIT_MEMLOCK allows 1(\.00?)? MiB/),
      remedy: expect.stringMatching(/ulimit -l/),
    });
    expect(await residentBytes(large)).toBe(0);
    // With CAP_IPC_LOCK it doesn't count.
    expect(await inScript(snippet, { wrapper, args: [large] })).toEqual({ lockedBytes: MIB + 1 });
  });

  it('counts whole pages, so that many small files are refused beforehand, too', async () => {
    await using directory = await temporaryDirectory();
    for (let index = 0; index < 300; index += 1) await writeRandomFile(directory.file(`${index}`), 10);
    expect(await inScript(snippet, { uid: NOBODY, wrapper, args: [directory.path] })).toMatchObject({
      code: 'WARMSET_LOCK_LIMIT',
    });
  });
});

describeWith([root], 'a lock of more than the host has', () => {
  it('is refused', async () => {
    const file = { path: '/nonexistent', dev: 1n, ino: 1n, size: 2 ** 50 };
    const skipped = { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 };
    const locking = lock({ files: [file], failures: [], skipped, size: file.size });
    await expect(locking).rejects.toSatisfy(WarmsetError.is);
    await expect(locking).rejects.toMatchObject({ code: 'WARMSET_LOCK_LIMIT' });
  });
});
