import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeWith, root } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cliProgram, startCli } from '../support/cli.ts';
import { owned } from '../support/owned.ts';
import { pseudoTerminal } from '../support/pseudo-terminal.ts';
import { type Running, run, start } from '../support/run.ts';
import { becameSmall, nameOf, UNTIL_SMALL, WAITER } from '../support/waiter.ts';

const ADDON =
  process.env.WARMSET_ADDON ?? fileURLToPath(new URL('../../build/Release/warmset.node', import.meta.url));
const QUIET = ['run', '--quiet', '--set', '/nothing/here', '--'];
const PASSED_ON = ['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const;

/** Says each signal that it gets, and ends at the third SIGTERM. */
const LISTENER = `
  let terms = 0;
  for (const name of ['SIGTERM','SIGINT','SIGHUP','SIGQUIT','SIGUSR1','SIGUSR2','SIGWINCH','SIGCONT','SIGTSTP'])
    process.on(name, () => { console.log('got', name); if (name === 'SIGTERM' && ++terms === 3) process.exit(23); });
  setInterval(() => {}, 1000);
  console.log('listening', process.ppid, process.pid);`;

function send(running: Running, signal: NodeJS.Signals): void {
  // To the process alone: its group has the server in it.
  process.kill(running.pid ?? 0, signal);
}

async function startListener(options: readonly string[] = []): Promise<Running> {
  const words = ['run', ...options, ...QUIET.slice(1), process.execPath, '-e', LISTENER];
  const running = owned(await startCli(words));
  await running.saw(/listening/);
  return running;
}

describe('the small wrapper passes signals on', () => {
  it('each once', async () => {
    const running = await startListener();
    await becameSmall(running.pid);
    for (const name of PASSED_ON) {
      send(running, name);
      await running.saw(new RegExp(`got ${name}`));
    }
    for (const times of [1, 2, 3]) {
      send(running, 'SIGTERM');
      await running.saw(new RegExp(`(got SIGTERM\\s+){${times}}`));
    }
    const { code, stdout } = await running.ended;
    expect(code).toBe(23);
    expect(stdout.match(/got/g)).toHaveLength(PASSED_ON.length + 3);
  });

  it('SIGTSTP stops both, SIGCONT lets both go on', async () => {
    const running = await startListener(['--log', 'inherit']);
    await becameSmall(running.pid);
    const state = () => /\) (\S)/.exec(readFileSync(`/proc/${running.pid}/stat`, 'utf8'))?.[1];
    send(running, 'SIGTSTP');
    await expect.poll(state, { timeout: 5_000 }).toBe('T');
    // Seen past us, who are stopped. A SIGCONT takes back a SIGTSTP that the server wasn't scheduled for yet, signal(7).
    await running.saw(/got SIGTSTP/);
    send(running, 'SIGCONT');
    await running.saw(/got SIGCONT/);
    await expect.poll(state, { timeout: 5_000 }).not.toBe('T');
    running.kill('SIGKILL');
    await running.ended;
  });

  it('and those, too, that come before, while and after it becomes small', async () => {
    const moments = Array.from({ length: 24 }, (_, at) => 10 * at);
    const one = async (from: number): Promise<boolean> => {
      const running = await startListener();
      await delay(from);
      const small = nameOf(running.pid ?? 0) === WAITER;
      for (const name of PASSED_ON) {
        send(running, name);
        await delay(1);
      }
      for (const name of PASSED_ON) await running.saw(new RegExp(`got ${name}`));
      await becameSmall(running.pid);
      running.kill('SIGKILL');
      const { stdout } = await running.ended;
      expect(stdout.match(/got/g)).toHaveLength(PASSED_ON.length);
      return small;
    };
    const seen: boolean[] = [];
    for (let at = 0; at < moments.length; at += 3) {
      seen.push(...(await Promise.all(moments.slice(at, at + 3).map(one))));
    }
    // Otherwise it says nothing about the moment in between.
    expect(new Set(seen).size).toBe(2);
  }, 50_000);
});

/** Gives way to the small program with a signal that is written down and not seen yet, and bytes that are read. */
const HEIR = `
  const { constants } = require('node:os'); const fs = require('node:fs'); const addon = require(process.env.ADDON);
  const [source, theirs] = addon.createPipe(); const [records, write] = addon.createPipe();
  const server = require('node:child_process').spawn(process.execPath, ['-e', process.env.LISTENER], { stdio: ['ignore', theirs, 'inherit'] });
  fs.closeSync(theirs);
  const bytes = Buffer.alloc(1000); let length = 0;
  while (!bytes.subarray(0, length).includes('\\n')) length += fs.readSync(source, bytes, length, 1000 - length);
  const record = Buffer.alloc(12); record.writeInt32LE(constants.signals.SIGUSR2); fs.writeSync(write, record);
  const block = Uint32Array.of(constants.signals.SIGCHLD, constants.signals.SIGUSR1);
  const held = addon.holdBytes(Buffer.concat([Buffer.from('held '), bytes.subarray(0, length)]));
  const signals = addon.signalDescriptor(block);
  const list = (words) => Buffer.from(words.map((word) => word + '\\0').join(''));
  const words = ['small', 'server=' + server.pid, 'signals=' + signals, 'records=' + records, 'interrupted=0', 'carry=' + held + ':' + source + ':1'];
  console.error(addon.handOver(process.env.WAITER, list(words), list([]), block, Uint32Array.of(signals, records, held, source)));`;

it('what was under way is not lost: bytes that were read, signals that were written down', async () => {
  const running = owned(
    start(process.execPath, ['-e', HEIR], {
      env: { ...BARE_ENVIRONMENT, LISTENER, ADDON, WAITER: path.join(path.dirname(ADDON), WAITER) },
    }),
  );
  await running.saw(/^held listening/);
  await running.saw(/got SIGUSR2/);
  await becameSmall(running.pid);
  send(running, 'SIGUSR1');
  await running.saw(/got SIGUSR1/);
  running.kill('SIGKILL');
  expect((await running.ended).stderr).toBe('');
});

describeWith(pseudoTerminal, 'the small wrapper at a terminal', () => {
  async function inTerminal(command: string): Promise<Running> {
    const env = { NODE: process.execPath, CLI: await cliProgram(), LISTENER, SHELL: '/bin/sh' };
    return owned(
      start('script', ['-qec', command, '/dev/null'], {
        env: { ...BARE_ENVIRONMENT, ...env },
      }),
    );
  }

  it('Ctrl-C and its sharper sister reach the server once', async () => {
    const terminal = await inTerminal(
      `bash --norc -c 'stty -echo; $NODE $CLI run --quiet --set /nothing/here -- "$NODE" -e "$LISTENER"; exit'`,
    );
    const [, wrapper, server] = await terminal.saw(/listening (\d+) (\d+)/);
    await becameSmall(Number(wrapper));
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
    const terminal = await inTerminal(
      `bash --norc -c 'stty -echo; $NODE $CLI run --quiet --set /nothing/here -- sh -c "echo up \\$PPID; exec sleep 20"; echo went on'`,
    );
    const [, wrapper] = await terminal.saw(/up (\d+)/);
    await becameSmall(Number(wrapper));
    terminal.stdin.write('\x03');
    const { stdout } = await terminal.ended;
    expect(stdout).not.toContain('went on');
  });

  it('a Ctrl-C that the server took for a wish ends nothing', async () => {
    const terminal = await inTerminal(
      `bash --norc -c 'stty -echo; $NODE $CLI run --quiet --set /nothing/here -- sh -c "trap \\"exit 4\\" INT; echo up \\$PPID; sleep 20 & wait; wait"; echo went on $?'`,
    );
    const [, wrapper] = await terminal.saw(/up (\d+)/);
    await becameSmall(Number(wrapper));
    terminal.stdin.write('\x03');
    await terminal.saw(/went on 4/);
  });
});

describeWith(root, 'the small wrapper as process 1', () => {
  async function inNamespace(script: string): ReturnType<typeof run> {
    const words = ['--pid', '--fork', '--mount-proc', process.execPath, await cliProgram(), ...QUIET];
    return run('unshare', [...words, 'sh', '-c', `${UNTIL_SMALL} ${script}`], { env: BARE_ENVIRONMENT });
  }

  it('orphans are collected, and the server’s exit code is still known', async () => {
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
