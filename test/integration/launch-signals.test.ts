import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith, root } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cliProgram, shell, startCli } from '../support/cli.ts';
import { owned } from '../support/owned.ts';
import { inTerminal, pseudoTerminal } from '../support/pseudo-terminal.ts';
import { type Running, run, start } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

const QUIET = ['run', '--quiet', '--set', '/nothing/here', '--'];

/** Says each signal that it gets, and ends at the third SIGTERM. */
const LISTENER = `
  let terms = 0;
  for (const name of ['SIGTERM','SIGINT','SIGHUP','SIGQUIT','SIGUSR1','SIGUSR2','SIGWINCH','SIGCONT','SIGTSTP'])
    process.on(name, () => { console.log('got', name); if (name === 'SIGTERM' && ++terms === 3) process.exit(23); });
  setInterval(() => {}, 1000);
  console.log('listening', process.pid);`;

let directory: TemporaryDirectory;
beforeAll(async () => {
  directory = await temporaryDirectory('signals');
});
afterAll(() => directory[Symbol.asyncDispose]());

function send(running: Running, signal: NodeJS.Signals): void {
  // To the process alone: its group has the server in it.
  process.kill(running.pid ?? 0, signal);
}

async function startListener(options: readonly string[] = []): Promise<Running> {
  const running = owned(
    await startCli(['run', ...options, ...QUIET.slice(1), process.execPath, '-e', LISTENER]),
  );
  await running.saw(/listening/);
  return running;
}

describe('signals reach the server', () => {
  it.each(['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const)(
    '%s, once',
    async (name) => {
      const running = await startListener();
      send(running, name);
      await running.saw(new RegExp(`got ${name}`));
      running.kill('SIGKILL');
      const { stdout } = await running.ended;
      expect(stdout.match(/got/g)).toHaveLength(1);
    },
  );

  it('a server that does not end at SIGTERM gets the next one, and is not killed', async () => {
    const running = await startListener();
    for (const times of [1, 2, 3]) {
      send(running, 'SIGTERM');
      await running.saw(new RegExp(`(got SIGTERM\\s+){${times}}`));
    }
    expect(await running.ended).toMatchObject({ code: 23, signal: null });
  });

  it('SIGTSTP stops both, SIGCONT lets both go on', async () => {
    const running = await startListener(['--log', 'inherit']);
    const state = () => /\) (\S)/.exec(readFileSync(`/proc/${running.pid}/stat`, 'utf8'))?.[1];
    send(running, 'SIGTSTP');
    await expect.poll(state, { timeout: 5_000 }).toBe('T');
    // Seen past us, who are stopped. A SIGCONT takes back a SIGTSTP that the server wasn't scheduled for yet, signal(7).
    await running.saw(/got SIGTSTP/);
    send(running, 'SIGCONT');
    await running.saw(/got SIGCONT/);
    await expect.poll(state, { timeout: 5_000 }).not.toBe('T');
    send(running, 'SIGTERM');
    await running.saw(/got SIGTERM/);
    running.kill('SIGKILL');
    await running.ended;
  });

  it('one that comes while the server is held back ends us before it is started', async () => {
    const model = directory.file('big');
    await shell(
      'truncate -s 2G "$1"; dd if=/dev/zero of="$1" bs=1M count=64 conv=notrunc 2>/dev/null; sync "$1"; $W evict "$1"',
      [model],
    );
    const words = [
      'run',
      '--set',
      model,
      '--rate',
      '1MiB/s',
      '--no-guard',
      '--wait-for',
      'all',
      '--',
      'echo',
      'started',
    ];
    const running = owned(await startCli(words));
    await expect.poll(() => running.stderr, { timeout: 10_000 }).toContain('waits until');
    send(running, 'SIGTERM');
    expect(await running.ended).toMatchObject({ code: 143, stdout: '' });
  });
});

describeWith(pseudoTerminal, 'at a terminal', () => {
  const onTerminal = (script: string) =>
    inTerminal(['run', '--quiet', '--set', '/nothing/here', '--', 'sh', '-c', script], { columns: 80 });

  it('the server sees the terminal itself, and its size', async () => {
    const { code, screen } = await onTerminal('test -t 0 && test -t 1 && test -t 2 && stty size; exit 3');
    expect({ code, screen }).toEqual({ code: 3, screen: expect.stringMatching(/^50 80\s*$/) });
  });

  it('colours and half lines come through', async () => {
    const { screen } = await onTerminal("printf '\\033[31mred\\033[0m 10%%\\r20%%'");
    expect(screen.trimEnd()).toBe('\x1b[31mred\x1b[0m 10%\r20%');
  });

  it('Ctrl-C and its sharper sister reach the server once', async () => {
    const program = await cliProgram();
    const command = `bash --norc -c 'stty -echo; $NODE $CLI run --quiet --set /nothing/here -- "$NODE" -e "$LISTENER"; echo "rc $?"; exit'`;
    const terminal = owned(
      await start('script', ['-qec', command, '/dev/null'], {
        env: { ...BARE_ENVIRONMENT, NODE: process.execPath, CLI: program, LISTENER, SHELL: '/bin/sh' },
      }),
    );
    const [, server] = await terminal.saw(/listening (\d+)/);
    terminal.stdin.write('\x03');
    await terminal.saw(/got SIGINT/);
    terminal.stdin.write('\x1c');
    await terminal.saw(/got SIGQUIT/);
    // It would outlive the terminal: what that sends at its end it takes for one more signal.
    process.kill(Number(server), 'SIGKILL');
    const { stdout } = await terminal.ended;
    expect(stdout.match(/got SIGINT/g)).toHaveLength(1);
    expect(stdout.match(/got SIGQUIT/g)).toHaveLength(1);
  });

  it('a server that Ctrl-C ends ends the script that started it', async () => {
    const program = await cliProgram();
    const inner = `stty -echo; $NODE $CLI run --quiet --set /nothing/here -- sh -c 'echo up; exec sleep 20'; echo went on`;
    const terminal = owned(
      await start('script', ['-qec', 'bash --norc -c "$INNER"', '/dev/null'], {
        env: { ...BARE_ENVIRONMENT, NODE: process.execPath, CLI: program, INNER: inner, SHELL: '/bin/sh' },
      }),
    );
    await terminal.saw(/up/);
    terminal.stdin.write('\x03');
    const { stdout } = await terminal.ended;
    expect(stdout).not.toContain('went on');
  });
});

describeWith(root, 'as process 1', () => {
  async function inNamespace(script: string): ReturnType<typeof run> {
    const program = await cliProgram();
    const words = [
      '--pid',
      '--fork',
      '--mount-proc',
      process.execPath,
      program,
      'run',
      '--quiet',
      '--set',
      '/nothing/here',
      '--',
    ];
    return run('unshare', [...words, 'sh', '-c', script], { env: BARE_ENVIRONMENT });
  }

  it('orphans are collected, and the server’s exit code is still known', async () => {
    // Fifty grandchildren whose parents are gone end as children of process 1.
    const script = `
      for i in $(seq 50); do (sh -c 'sleep 0.3' &) ; done; sleep 2
      grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l; exit 11`;
    const result = await inNamespace(script);
    expect(result).toMatchObject({ code: 11, stdout: '0\n', stderr: '' });
  });

  it('signals are passed on, although the kernel would ignore them', async () => {
    const script = `trap 'echo got; exit 5' TERM; kill -TERM 1; for i in $(seq 100); do sleep 0.1; done`;
    expect(await inNamespace(script)).toMatchObject({ code: 5, stdout: 'got\n' });
  });
});
