import { expect, it } from 'vitest';
import { cachestat, cc, describeWith, itWith, seccomp } from '../support/capabilities.ts';
import { fixture } from '../support/compile.ts';
import { mustRun, run } from '../support/run.ts';

describeWith([cc, seccomp], 'denied system calls', () => {
  const CALLS = [
    'faccessat2',
    'fadvise64',
    'fadvise64:4',
    'ioprio_set',
    'madvise',
    'madvise:3',
    'madvise:22',
    'mincore',
    'mlock2',
    'preadv2',
    'readahead',
    'sendfile',
    'setpriority',
  ];

  async function answers(
    rules: readonly string[],
    calls: readonly string[],
  ): Promise<Record<string, string>> {
    const probe = [fixture('try-syscall'), fixture('try-syscall'), ...calls];
    const [command = '', ...args] =
      rules.length === 0 ? probe : [fixture('deny-syscall'), ...rules, '--', ...probe];
    const lines = (await mustRun(command, args)).trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split('=')));
  }

  it('succeed without the filter', async () => {
    expect(await answers([], CALLS)).toEqual(Object.fromEntries(CALLS.map((call) => [call, 'ok'])));
  });

  it.for(CALLS)('%s alone fails', async (denied) => {
    const seen = await answers([`${denied}=EBADMSG`], CALLS);
    const name = denied.split(':')[0];
    for (const [call, answer] of Object.entries(seen)) {
      // A rule without a value denies every form of the call.
      const hit = call === denied || (denied === name && call.startsWith(`${name}:`));
      expect(answer, call).toBe(hit ? 'EBADMSG' : 'ok');
    }
  });

  itWith(cachestat, 'cachestat fails with the errno asked for', async () => {
    expect(await answers([], ['cachestat'])).toEqual({ cachestat: 'ok' });
    expect(await answers(['cachestat=ENOSYS'], ['cachestat'])).toEqual({ cachestat: 'ENOSYS' });
    expect(await answers(['cachestat=EPERM'], ['cachestat'])).toEqual({ cachestat: 'EPERM' });
    const both = await answers(
      ['cachestat=EOPNOTSUPP', 'mincore=EAGAIN'],
      ['cachestat', 'mincore', 'madvise'],
    );
    expect(both).toEqual({ cachestat: 'EOPNOTSUPP', mincore: 'EAGAIN', madvise: 'ok' });
  });

  it('leave Node working, and its exit code and signals alone', async () => {
    const rules = [
      'cachestat=ENOSYS',
      'faccessat2=ENOSYS',
      'mincore=EPERM',
      'madvise:22=EINVAL',
      'ioprio_set=EPERM',
    ];
    const node = (script: string) =>
      run(fixture('deny-syscall'), [...rules, '--', process.execPath, '--eval', script], {
        timeoutMs: 10_000,
      });
    expect(await node("console.log('up'); process.exitCode = 7")).toMatchObject({ code: 7, stdout: 'up\n' });
    expect(await node("process.kill(process.pid, 'SIGTERM')")).toMatchObject({
      code: null,
      signal: 'SIGTERM',
    });
  });

  it('must be known by name', async () => {
    for (const rule of [
      'cachestats=EPERM',
      'cachestat=EWHAT',
      'cachestat',
      'cachestat:1=EPERM',
      'madvise:x=EPERM',
    ]) {
      const result = await run(fixture('deny-syscall'), [rule, '--', 'true']);
      expect(result.code, rule).toBe(2);
    }
    expect((await run(fixture('deny-syscall'), ['cachestat=EPERM'])).code).toBe(2);
    expect((await run(fixture('deny-syscall'), ['mincore=EPERM', '--', '/nonexistent'])).code).toBe(127);
  });
});
