import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, cgroupV1Memory, describeWith, root } from '../support/capabilities.ts';
import { memoryCgroup } from '../support/cgroup.ts';
import { fixture } from '../support/compile.ts';
import { readBy } from '../support/file-content.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;

describeWith([root, cc, cgroupV1Memory], 'memory cgroups', () => {
  it('cap what their members can make resident', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 96 * MIB);
    await evict(file);
    await using cgroup = await memoryCgroup(32 * MIB);
    expect((await cgroup.run(fixture('read-by'), ['pread', file, '0', String(96 * MIB)])).stdout).toBe(
      `ok ${96 * MIB}\n`,
    );
    const resident = (await oracle(file)).resident * PAGE_SIZE;
    expect(resident).toBeLessThanOrEqual(32 * MIB);
    expect(resident).toBeGreaterThan(8 * MIB);
    expect(await cgroup.usage()).toBeLessThanOrEqual(32 * MIB);
    expect(await cgroup.stat('cache')).toBeGreaterThan(8 * MIB);
    // Outside it the same read takes the whole file in.
    await readBy('pread', file, 0, 96 * MIB);
    expect((await oracle(file)).resident * PAGE_SIZE).toBe(96 * MIB);
  });

  it('go with what runs in them', async () => {
    const cgroup = await memoryCgroup(64 * MIB);
    const member = cgroup.start('sleep', ['60']);
    await expect
      .poll(() => readFile(path.join(cgroup.path, 'cgroup.procs'), 'utf8'), { timeout: 5_000 })
      .toBe(`${member.pid}\n`);
    await cgroup[Symbol.asyncDispose]();
    expect(existsSync(cgroup.path)).toBe(false);
    expect(await member.ended).toMatchObject({ signal: 'SIGKILL' });
    await cgroup[Symbol.asyncDispose]();
  });

  it('hand over the exit code', async () => {
    await using cgroup = await memoryCgroup(64 * MIB);
    const result = await cgroup.run('sh', ['-c', 'cat; exit 5'], { input: 'in' });
    expect(result).toMatchObject({ code: 5, stdout: 'in' });
  });
});
