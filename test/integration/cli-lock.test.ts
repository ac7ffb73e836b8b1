import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { evict, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, itWith, nobody, root } from '../support/capabilities.ts';
import { cli, json, shell, startCli } from '../support/cli.ts';
import { halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';
import { owned } from '../support/owned.ts';
import { NOBODY } from '../support/run.ts';

async function lockedBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmLck:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

describeWith([cc, root], 'warmset lock', () => {
  let model: ModelDirectory;
  let shard = '';
  beforeAll(async () => {
    model = await halfWarmModel();
    shard = model.files[4] ?? '';
  });
  afterAll(() => model[Symbol.asyncDispose]());

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('holds the pages until %s, then exits with %d', async (signal, code) => {
    const locker = owned(await startCli(['lock', shard]));
    await locker.saw(/^holding 256 KiB of 1 file until stopped \(\^C\)\n/);
    expect(await lockedBytes(locker.pid)).toBe(64 * PAGE_SIZE);
    await expect(evict(shard)).rejects.toThrow();
    locker.kill(signal);
    expect(await locker.ended).toMatchObject({ code, stderr: '' });
    await evict(shard);
  });

  it('--for lets go by itself, and --json says what is held', async () => {
    const result = await cli(['lock', '--for', '50ms', '--json', model.path]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(json(result)).toEqual({
      schema: 'warmset.lock/1',
      lockedBytes: 700 + 3 * 64 * PAGE_SIZE - 1235,
      lockedFiles: 4,
      failed: [],
      failures: [],
    });
    const { stdout } = await cli(['lock', '--for', '50ms', model.path]);
    expect(stdout).toBe('holding 767 KiB of 4 files for 50 ms\n');
  });

  itWith(nobody, 'refuses beforehand what the limit does not allow', async () => {
    const script = 'ulimit -l 64; exec $W lock --for 50ms "$1"';
    const { code, stderr, stdout } = await shell(script, [shard], { uid: NOBODY });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^warmset: .*RLIMIT_MEMLOCK allows 64\.0 KiB, the files have 256 KiB/);
    expect(stderr).toMatch(/^ {5}do: raise it \(`ulimit -l`/m);
  });
});
