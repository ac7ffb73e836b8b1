import { mkdir, readdir, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LockHolder } from '../../lib/keeper/lock-holder.ts';
import { acquireNodeLock, nodeLockHolder } from '../../lib/keeper/node-lock.ts';
import { bindMount, itWith, nobody, root } from '../support/capabilities.ts';
import { inScript, type ScriptOptions, startScript } from '../support/library-script.ts';
import { NOBODY, type Running } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

/** Holds the lock until its stdin ends. */
const HOLD = `
  const { acquireNodeLock } = await import(at + '/node-lock.js');
  const lock = await acquireNodeLock(args, { wait: false });
  process.stdout.write(lock ? 'locked\\n' : 'refused\\n');
  for await (const _ of process.stdin);
  if (lock?.path === '') throw new Error('keeps it alive');`;

let temporary: TemporaryDirectory;
let directory: string;

beforeEach(async () => {
  temporary = await temporaryDirectory('node-lock');
  directory = temporary.file('run', 'warmset');
});

afterEach(async () => {
  await temporary[Symbol.asyncDispose]();
});

async function holder(options: ScriptOptions = {}): Promise<Running> {
  const running = await startScript(HOLD, { args: directory, ...options });
  await running.saw(/^locked$/m);
  return running;
}

/** Waits for the lock, and says when it has begun to. */
function waiter(signal?: AbortSignal): {
  readonly waits: Promise<LockHolder | null>;
  readonly lock: ReturnType<typeof acquireNodeLock>;
} {
  let began: (heldBy: LockHolder | null) => void = () => {};
  const waits = new Promise<LockHolder | null>((resolve) => {
    began = resolve;
  });
  return { waits, lock: acquireNodeLock(directory, { wait: true, signal, onWait: began }) };
}

async function isFree(): Promise<boolean> {
  await using lock = await acquireNodeLock(directory, { wait: false });
  return lock !== null;
}

describe('one warmer a node', () => {
  it('the second gets nothing until the first lets go, also in the same process', async () => {
    const lock = await acquireNodeLock(directory, { wait: false });
    expect(lock?.path).toBe(`${directory}/warmset.lock`);
    expect(await isFree()).toBe(false);
    await lock?.release();
    await lock?.release();
    expect(await isFree()).toBe(true);
  });

  it('makes the directory and a file that everybody may read, and leaves the file', async () => {
    await using lock = await acquireNodeLock(directory, { wait: false });
    expect(lock).not.toBeNull();
    expect((await stat(directory)).mode & 0o777).toBe(0o755);
    await lock?.release();
    expect(await readdir(directory)).toEqual(['warmset.lock']);
    expect((await stat(`${directory}/warmset.lock`)).mode & 0o777).toBe(0o644);
  });

  it('says who has it, as a hint', async () => {
    expect(await nodeLockHolder(directory)).toBeNull();
    await using running = await holder();
    const heldBy = await nodeLockHolder(directory);
    expect(heldBy).toMatchObject({ pid: running.pid });
    expect(Math.abs((heldBy?.startedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
    await writeFile(`${directory}/warmset.lock`, 'something else\n');
    expect(await nodeLockHolder(directory)).toBeNull();
    expect(await isFree()).toBe(false);
  });
});

describe('whoever waits', () => {
  it.for(['SIGKILL', 'SIGTERM', 'the end of its stdin'] as const)('gets it behind %s', async (end) => {
    await using running = await holder();
    const { waits, lock } = waiter();
    expect(await waits).toMatchObject({ pid: running.pid });
    if (end === 'the end of its stdin') running.stdin.end();
    else running.kill(end);
    await using got = await lock;
    expect(got).not.toBeNull();
    expect(await nodeLockHolder(directory)).toMatchObject({ pid: process.pid });
  });

  it('gets it though the holder’s helpers live on: they don’t inherit it', async () => {
    await using running = await startScript(
      `const { acquireNodeLock } = await import(at + '/node-lock.js');
      const { spawn } = await import('node:child_process');
      const lock = await acquireNodeLock(args, { wait: false });
      const helper = spawn('sleep', ['25'], { stdio: 'ignore' });
      process.stdout.write('helper ' + helper.pid + '\\n');
      await new Promise((resolve) => helper.once('exit', resolve));
      return lock.path;`,
      { args: directory },
    );
    const helper = Number((await running.saw(/^helper (\d+)$/m))[1]);
    try {
      const { waits, lock } = waiter();
      await waits;
      // Alone: the helper is in its process group.
      process.kill(running.pid ?? 0, 'SIGKILL');
      await using got = await lock;
      expect(got).not.toBeNull();
      const open = await readdir(`/proc/${helper}/fd`);
      const files = await Promise.all(open.map((fd) => readlink(`/proc/${helper}/fd/${fd}`)));
      expect(files.length).toBeGreaterThan(0);
      expect(files.filter((file) => file.includes('warmset.lock'))).toEqual([]);
    } finally {
      process.kill(helper, 'SIGKILL');
    }
  });

  it('stops waiting when it is told to, and leaves nothing behind', async () => {
    await using running = await holder();
    const controller = new AbortController();
    const reason = new Error('enough');
    const { waits, lock } = waiter(controller.signal);
    await waits;
    controller.abort(reason);
    await expect(lock).rejects.toBe(reason);
    await expect(acquireNodeLock(directory, { wait: true, signal: controller.signal })).rejects.toBe(reason);
    await running.stop();
    expect(await isFree()).toBe(true);
  });

  it('gets it when somebody removed the file, as the next one would', async () => {
    await using running = await holder();
    const { waits, lock } = waiter();
    await waits;
    await rm(`${directory}/warmset.lock`);
    await using got = await lock;
    expect(got).not.toBeNull();
    expect(running.pid).toBeDefined();
    expect(await isFree()).toBe(false);
  });
});

describe('where no lock can be had', () => {
  itWith([root, nobody], 'a file of another user: says who must run it', async () => {
    await (await acquireNodeLock(directory, { wait: false }))?.release();
    const answer = await inScript(
      `const { acquireNodeLock } = await import(at + '/node-lock.js');
      const { code, message, remedy, subject } = await acquireNodeLock(args, { wait: true }).catch((error) => error);
      return { code, message, remedy, subject };`,
      { args: directory, uid: NOBODY },
    );
    expect(answer).toEqual({
      code: 'WARMSET_NODE_LOCK',
      message: expect.stringMatching(/^the node lock can't be taken: EACCES: permission denied/),
      remedy: expect.stringContaining('as the same user'),
      subject: `${directory}/warmset.lock`,
    });
  });

  it('a link, a file in the directory’s place, a directory in the file’s: refused with a remedy', async () => {
    const refused = { code: 'WARMSET_NODE_LOCK', remedy: expect.any(String) };
    await mkdir(directory, { recursive: true });
    await writeFile(temporary.file('precious'), 'precious');
    await symlink(temporary.file('precious'), `${directory}/warmset.lock`);
    await expect(acquireNodeLock(directory, { wait: false })).rejects.toMatchObject(refused);
    expect((await stat(temporary.file('precious'))).size).toBe(8);
    await rm(`${directory}/warmset.lock`);
    await mkdir(`${directory}/warmset.lock`);
    await expect(acquireNodeLock(directory, { wait: true })).rejects.toMatchObject(refused);
    await expect(acquireNodeLock(temporary.file('precious', 'in'), { wait: false })).rejects.toMatchObject(
      refused,
    );
  });
});

itWith([root, bindMount], 'containers that share the directory share the lock', async () => {
  await mkdir(directory, { recursive: true });
  const elsewhere = temporary.file('elsewhere');
  await mkdir(elsewhere);
  // Mounts, processes and host name of its own, and the directory by another path.
  const script = `mount --bind "${directory}" "${elsewhere}" && hostname pod-7 && exec "$@"`;
  const wrapper = [
    'unshare',
    '--mount',
    '--uts',
    '--pid',
    '--fork',
    '--kill-child',
    'sh',
    '-c',
    script,
    'sh',
  ];
  await using running = await holder({ wrapper, args: elsewhere });
  expect(await isFree()).toBe(false);
  expect(await nodeLockHolder(directory)).toMatchObject({ pid: 1, host: 'pod-7' });
  const { waits, lock } = waiter();
  await waits;
  running.kill('SIGKILL');
  await using got = await lock;
  expect(got).not.toBeNull();
});
