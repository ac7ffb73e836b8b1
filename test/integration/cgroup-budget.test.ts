import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { computeBudget } from '../../lib/budget/index.ts';
import { type CgroupMemory, type CgroupMemoryReading, readCgroupMemory } from '../../lib/host/index.ts';

const MiB = 2 ** 20;
const CHILD_LIMIT = 64 * MiB;
const PARENT_LIMIT = 48 * MiB;

type Capability = { readonly directory: string } | { readonly missing: string };

/** A directory below this process's own v1 memory cgroup in which children can be made. */
async function findCapability(): Promise<Capability> {
  const own = await readCgroupMemory();
  if (own.state !== 'known') return { missing: own.reason };
  const [nearest] = own.cgroups;
  if (own.version !== 1 || nearest === undefined) return { missing: 'the memory controller is on cgroup v2' };
  const directory = join(nearest.path, `warmset-test-${process.pid}`);
  try {
    await mkdir(directory);
    await rmdir(directory);
    return { directory };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}

const capability = await findCapability();
const directory = 'directory' in capability ? capability.directory : '';
const title =
  'missing' in capability
    ? `needs a writable cgroup v1 memory hierarchy: ${capability.missing}`
    : 'cgroup v1';

function start(command: string, args: readonly string[]): ChildProcess & { readonly pid: number } {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} didn't start`);
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  return Object.assign(child, { pid });
}

function cgroupsOf(reading: CgroupMemoryReading): readonly CgroupMemory[] {
  if (reading.state !== 'known') throw new Error(reading.reason);
  return reading.cgroups;
}

// A cgroup stays busy for a moment after its last process was reaped.
async function removeCgroup(path: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await rmdir(path);
    } catch (error) {
      if (attempt === 50) throw error;
      await sleep(100);
    }
  }
}

describe.skipIf('missing' in capability)(title, () => {
  const child = join(directory, 'child');

  beforeAll(async () => {
    await mkdir(child, { recursive: true });
    await writeFile(join(directory, 'memory.limit_in_bytes'), String(PARENT_LIMIT));
    await writeFile(join(child, 'memory.limit_in_bytes'), String(CHILD_LIMIT));
  });

  afterAll(async () => {
    await removeCgroup(child);
    await removeCgroup(directory);
  });

  test("another process's limits are read at every level, and the tighter ancestor binds", async () => {
    const { pid } = start('sleep', ['60']);
    await writeFile(join(child, 'cgroup.procs'), String(pid));
    const reading = await readCgroupMemory(pid);
    const cgroups = cgroupsOf(reading);
    expect(reading).toMatchObject({ version: 1, gaps: [] });
    expect(cgroups.slice(0, 2)).toMatchObject([
      { path: child, limit: CHILD_LIMIT, limitFile: 'memory.limit_in_bytes' },
      { path: directory, limit: PARENT_LIMIT, limitFile: 'memory.limit_in_bytes' },
    ]);
    expect(cgroups.length).toBeGreaterThan(2);

    const budget = computeBudget({ memAvailable: 2 ** 40, cgroups });
    const headroom = budget.limits.filter(({ path }) => path === child || path === directory);
    expect(headroom.map(({ path }) => path)).toEqual([child, directory]);
    expect(budget).toMatchObject({ binding: 'cgroup' });
    expect(budget.allowed).toBeLessThanOrEqual(PARENT_LIMIT);
    expect(budget.allowed).toBeGreaterThan(PARENT_LIMIT - 16 * MiB);
  });

  test('this process is not in it, so its limits are not ours', async () => {
    expect(cgroupsOf(await readCgroupMemory()).map(({ path }) => path)).not.toContain(directory);
  });

  test('clean file cache of the cgroup counts as headroom', async () => {
    // Not in the system's temporary directory: that is often tmpfs, whose pages are no file cache.
    const work = await mkdtemp(join(import.meta.dirname, '.cgroup-budget-'));
    onTestFinished(() => rm(work, { recursive: true, force: true }));
    const script = 'read go; dd if=/dev/zero of="$1" bs=1M count=24 conv=fsync 2>/dev/null; read end';
    const shell = start('sh', ['-c', script, 'sh', join(work, 'data')]);
    await writeFile(join(child, 'cgroup.procs'), String(shell.pid));
    const read = async (): Promise<CgroupMemory | undefined> =>
      cgroupsOf(await readCgroupMemory(shell.pid))[0];
    const before = await read();
    shell.stdin?.write('go\n');
    // Charges are counted in batches and written out by another process: wait until both have arrived.
    await expect
      .poll(async () => (await read())?.reclaimableFile, { timeout: 20_000 })
      .toBeGreaterThan(23 * MiB);
    const after = await read();
    expect(after?.current).toBeGreaterThan((before?.current ?? 0) + 20 * MiB);
    const budget = computeBudget({ memAvailable: 2 ** 40, cgroups: after === undefined ? [] : [after] });
    expect(budget.allowed).toBeGreaterThan(CHILD_LIMIT - 16 * MiB);
  });
});
