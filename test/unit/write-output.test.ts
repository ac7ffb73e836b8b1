import { spawnSync } from 'node:child_process';
import { lstat, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically, writeOutput } from '../../lib/write-atomically.ts';

describe('what has the name of an output already', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'warmset-output-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const pipe = (): string => {
    const path = join(directory, 'pipe');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    return path;
  };

  it('a pipe is written to and stays one', async () => {
    const path = pipe();
    const reader = await open(path, 'r+');
    await writeOutput(path, 'a document');
    const { buffer, bytesRead } = await reader.read(Buffer.alloc(64), 0, 64);
    await reader.close();
    expect(buffer.toString('utf8', 0, bytesRead)).toBe('a document');
    expect((await stat(path)).isFIFO()).toBe(true);
    expect(await readdir(directory)).toEqual(['pipe']);
  });

  it('a pipe that nobody reads is an error, not a wait', async () => {
    const path = pipe();
    await expect(writeOutput(path, 'a document')).rejects.toMatchObject({ code: 'ENXIO' });
    expect((await stat(path)).isFIFO()).toBe(true);
  });

  it('a link to a pipe or a device stays a link', async () => {
    const link = join(directory, 'link');
    await symlink('/dev/null', link);
    await writeOutput(link, 'a document');
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('a link to a file is replaced, and the file behind it stays as it was', async () => {
    const [file, link] = [join(directory, 'file'), join(directory, 'link')];
    await writeFile(file, 'precious');
    await symlink('file', link);
    await writeOutput(link, 'a document');
    expect((await lstat(link)).isFile()).toBe(true);
    expect(await readFile(file, 'utf8')).toBe('precious');
    expect((await readdir(directory)).sort()).toEqual(['file', 'link']);
  });

  it('a name for an open file is written to, behind what is in it', async () => {
    const file = join(directory, 'file');
    await writeFile(file, 'before ');
    const handle = await open(file, 'a');
    await writeOutput(`/proc/self/fd/${handle.fd}`, 'a document');
    await handle.writeFile(' behind');
    await handle.close();
    expect(await readFile(file, 'utf8')).toBe('before a document behind');
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('nothing but a file is ever replaced', async () => {
    const path = pipe();
    await expect(writeAtomically(path, 'a document')).rejects.toMatchObject({ code: 'EINVAL', path });
    expect((await stat(path)).isFIFO()).toBe(true);
    expect(await readdir(directory)).toEqual(['pipe']);
  });
});
