import { open, readFile, symlink } from 'node:fs/promises';
import { expect, it } from 'vitest';
import {
  cachestat,
  fadvise,
  getNice,
  mincore,
  openMapping,
  readahead,
  setIoPriority,
  setNice,
  statfsMagic,
} from '../../../lib/native/index.ts';
import { cachestat as cachestatSupport, describeWith, nobody, root } from '../../support/capabilities.ts';
import { libraryChild } from '../../support/library-child.ts';
import { NOBODY } from '../../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../../support/temp.ts';

const CALLS = {
  mincore,
  cachestat,
  fadvise: (file: string | number) => fadvise(file, 'normal'),
  readahead: (file: string | number) => readahead(file, { length: 4096 }),
  openMapping,
} as const;

/** The properties by which Node's own errors are told apart. */
function shape(error: unknown): Record<string, unknown> {
  expect(error).toBeInstanceOf(Error);
  const { code, errno, syscall, path, message } = error as NodeJS.ErrnoException;
  return { code, errno, syscall, path, message };
}

const failureOf = (promise: Promise<unknown>) => promise.then(() => expect.unreachable(), shape);

describeWith([root, cachestatSupport], 'a failed call', () => {
  it.for(Object.entries(CALLS))("%s: looks like Node's own", async ([, call]) => {
    const own = await failureOf(readFile('/nonexistent/model'));
    expect(await failureOf(call('/nonexistent/model'))).toEqual(own);
  });

  it.for(Object.entries(CALLS))('%s: of a closed descriptor is EBADF without a path', async ([, call]) => {
    const handle = await open('/proc/self/exe', 'r');
    const { fd } = handle;
    await handle.close();
    expect(await failureOf(call(fd))).toEqual({
      code: 'EBADF',
      errno: -9,
      syscall: 'dup',
      path: undefined,
      message: 'EBADF: bad file descriptor, dup',
    });
  });

  it.for(Object.entries(CALLS))('%s: of a directory, a loop and a device says which', async ([, call]) => {
    await using directory = await temporaryDirectory();
    await symlink('loop', directory.file('loop'));
    expect(await failureOf(call(directory.path))).toMatchObject({ code: 'EISDIR', syscall: 'open' });
    expect(await failureOf(call(directory.file('loop')))).toMatchObject({ code: 'ELOOP', syscall: 'open' });
    expect(await failureOf(call('/dev/null'))).toMatchObject({ code: 'EINVAL', syscall: 'open' });
    expect(await failureOf(call(`${directory.file('x'.repeat(300))}`))).toMatchObject({
      code: 'ENAMETOOLONG',
    });
  });

  it('statfs, too', async () => {
    expect(await failureOf(statfsMagic('/nonexistent'))).toEqual({
      code: 'ENOENT',
      errno: -2,
      syscall: 'statfs',
      path: '/nonexistent',
      message: "ENOENT: no such file or directory, statfs '/nonexistent'",
    });
  });

  it('names a path that is not UTF-8 as well as it can', async () => {
    const path = Buffer.from([0x2f, 0x6e, 0xff]);
    expect(await failureOf(mincore(path))).toMatchObject({ code: 'ENOENT', path: '/n\ufffd' });
  });

  it('of a thread that is not there is ESRCH, at once', () => {
    expect(() => getNice(2 ** 31 - 1)).toThrow(
      expect.objectContaining({ code: 'ESRCH', errno: -3, syscall: 'getpriority' }),
    );
  });
});

describeWith([root, nobody, cachestatSupport], 'what is not permitted', () => {
  it('is EPERM or EACCES of its call', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 4096);
    await using child = await libraryChild({ uid: NOBODY });
    const ask = (body: string) =>
      child.call(
        `const shape = ({ code, syscall, path }) => ({ code, syscall, path });
         try { await (async () => { ${body} })(); return 'allowed'; } catch (error) { return shape(error); }`,
        file,
      );
    expect(await ask('await native.cachestat(args)')).toEqual({
      code: 'EPERM',
      syscall: 'cachestat',
      path: file,
    });
    expect(await ask('native.setNice(-5)')).toEqual({ code: 'EACCES', syscall: 'setpriority' });
    expect(await ask("native.setIoPriority({ ioClass: 'realtime', level: 0 })")).toEqual({
      code: 'EPERM',
      syscall: 'ioprio_set',
    });
    expect(await ask("native.setIoPriority({ ioClass: 'idle', level: 0 })")).toBe('allowed');
  });
});

it('setting what is no priority is refused', () => {
  expect(() => setNice(20)).toThrow(RangeError);
  expect(() => setIoPriority({ ioClass: 'best-effort', level: 8 })).toThrow(RangeError);
  expect(() => setIoPriority({ ioClass: 'urgent' as never, level: 0 })).toThrow(
    expect.objectContaining({ code: 'WARMSET_BAD_ARGUMENT' }),
  );
});
