import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith, nobody } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cli, shell, startCli } from '../support/cli.ts';
import { owned } from '../support/owned.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const OFF = { ...BARE_ENVIRONMENT, WARMSET_ENABLED: '0' };

let directory: TemporaryDirectory;
beforeAll(async () => {
  directory = await temporaryDirectory('exec');
});
afterAll(() => directory[Symbol.asyncDispose]());

describe('WARMSET_ENABLED=0', () => {
  it('the process becomes the command: same pid, nothing of ours left', async () => {
    const running = owned(
      await startCli(
        ['run', '--', 'sh', '-c', 'echo "pid $$"; ls -l /proc/self/fd | grep -c "[3-9] ->"; exec sleep 20'],
        { env: OFF },
      ),
    );
    const [, pid] = await running.saw(/pid (\d+)/);
    expect(Number(pid)).toBe(running.pid);
    await expect.poll(() => readFileSync(`/proc/${pid}/comm`, 'utf8'), { timeout: 5_000 }).toBe('sleep\n');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^SigBlk:\s+0+$/m);
    // Node ignores SIGPIPE, and would hand that down.
    expect(status).toMatch(/^SigIgn:\s+0+$/m);
    running.kill('SIGKILL');
    await running.ended;
  });

  it('words and variables arrive byte for byte', async () => {
    const result = await shell(
      `ODD=$'v\\xfe' WARMSET_ENABLED=0 $W run -- sh -c 'printf "%s|%s|" "$1" "$ODD"' sh $'a\\xff' | od -An -tx1`,
    );
    expect(result.stdout).toBe(' 61 ff 7c 76 fe 7c\n');
  });

  it.each(['0', 'false', 'No', ' off '])('%j switches off, as in a configuration', async (word) => {
    const env = { ...BARE_ENVIRONMENT, WARMSET_ENABLED: word };
    // A usage error of ours is not looked at then.
    expect(await cli(['run', '--rat', '--', 'echo', 'runs'], { env })).toMatchObject({
      code: 0,
      stdout: 'runs\n',
    });
  });

  it('what is wrong with our own options does not matter', async () => {
    expect(await cli(['run', '--rat', 'x', '--', 'echo', 'runs'], { env: OFF })).toMatchObject({
      code: 0,
      stdout: 'runs\n',
    });
    expect(await cli(['run', '--', 'warmset-no-such'], { env: OFF })).toMatchObject({
      code: 127,
      stderr: 'warmset: warmset-no-such: there is no such program\n',
    });
  });

  it('without the native part the command runs all the same', async () => {
    const env = { ...OFF, WARMSET_ADDON: '/nothing/here.node' };
    expect(await cli(['run', '--', 'sh', '-c', 'echo runs; exit 4'], { env })).toMatchObject({
      code: 4,
      stdout: 'runs\n',
      stderr: '',
    });
  });
});

describe('without the native part', () => {
  it('the server runs, and we say that nothing is filled', async () => {
    const env = { ...BARE_ENVIRONMENT, WARMSET_ADDON: '/nothing/here.node' };
    const result = await cli(['run', '--set', '/etc', '--', 'sh', '-c', 'echo runs; sleep 1; exit 4'], {
      env,
    });
    expect(result).toMatchObject({ code: 4, stdout: 'runs\n' });
    expect(result.stderr).toMatch(/^warmset: .* failed, the server runs on without: The native part/m);
  });
});

describe('--detach-fill', () => {
  it('the process becomes the server, and the set is filled from elsewhere', async () => {
    const file = directory.file('weights');
    await writeRandomFile(file, 32 << 20);
    await cli(['evict', file]);
    const running = owned(
      await startCli([
        'run',
        '--detach-fill',
        '--no-guard',
        '--set',
        file,
        '--',
        'sh',
        '-c',
        'echo "pid $$"; exec sleep 20',
      ]),
    );
    const [, pid] = await running.saw(/pid (\d+)/);
    expect(Number(pid)).toBe(running.pid);
    // A child that nobody collects would stay as a zombie of the server.
    expect(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')).toBe('');
    const resident = async () =>
      JSON.parse((await cli(['status', '--json', file])).stdout).files[0].residentBytes;
    await expect.poll(resident, { timeout: 15_000, interval: 200 }).toBe(32 << 20);
    expect(running.stderr).toContain('filling beside it');
    running.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ signal: 'SIGTERM' });
  });

  it('whoever fills ends with the server', async () => {
    const result = await shell(
      `$W run --detach-fill --quiet --set /nothing/here -- sh -c 'echo $$ > "$1"; exec sleep 1' sh "$1"
       for i in $(seq 40); do pgrep -f -- "--beside $(cat "$1") " > /dev/null || exit 0; sleep 0.1; done; exit 1`,
      [directory.file('pid')],
    );
    expect(result.code).toBe(0);
  });
});

describeWith(nobody, 'with fewer rights', () => {
  it('it works as nobody', async () => {
    expect(
      await cli(['run', '--quiet', '--set', '/nothing/here', '--', 'sh', '-c', 'echo runs; exit 3'], {
        uid: 65_534,
      }),
    ).toMatchObject({
      code: 3,
      stdout: 'runs\n',
    });
  });
});
