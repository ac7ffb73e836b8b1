import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { bindMount, itWith, root } from '../support/capabilities.ts';
import { sha256 } from '../support/file-content.ts';
import { mustRun } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;

describe('temporary files', () => {
  it('lie on a disk, open to every user, and go', async () => {
    let kept = '';
    {
      await using directory = await temporaryDirectory();
      kept = directory.path;
      expect(statSync(kept).mode & 0o777).toBe(0o755);
      expect(await mustRun('stat', ['--file-system', '--format=%T', kept])).not.toMatch(
        /tmpfs|ramfs|overlay/,
      );
      await writeFile(directory.file('a'), 'a');
    }
    expect(existsSync(kept)).toBe(false);
  });

  it('go when the test fails', async () => {
    let kept = '';
    const failing = async () => {
      await using directory = await temporaryDirectory();
      kept = directory.path;
      throw new Error('as a failing test does');
    };
    await expect(failing()).rejects.toThrow('as a failing test does');
    expect(existsSync(kept)).toBe(false);
  });

  it('depend on their seed alone', async () => {
    await using directory = await temporaryDirectory();
    const sizes = [0, 1, 5 * MIB + 17];
    for (const size of sizes) {
      await writeRandomFile(directory.file('a'), size, 7);
      await writeRandomFile(directory.file('b'), size, 7);
      expect((await stat(directory.file('a'))).size).toBe(size);
      expect(await sha256(directory.file('a'))).toBe(await sha256(directory.file('b')));
    }
    await writeRandomFile(directory.file('c'), 5 * MIB + 17, 8);
    expect(await sha256(directory.file('c'))).not.toBe(await sha256(directory.file('a')));
    // A prefix of one seed is a prefix of the other length.
    await truncate(directory.file('a'), MIB);
    await writeRandomFile(directory.file('b'), MIB, 7);
    expect(await sha256(directory.file('b'))).toBe(await sha256(directory.file('a')));
  });

  itWith([root, bindMount], 'go without taking along what a forgotten mount shows', async () => {
    await using precious = await temporaryDirectory();
    await writeFile(precious.file('model'), 'weights');
    const directory = await temporaryDirectory();
    await mkdir(directory.file('forgotten'));
    await mustRun('mount', ['--bind', precious.path, directory.file('forgotten')]);
    await directory[Symbol.asyncDispose]();
    expect(existsSync(directory.path)).toBe(false);
    expect(await readFile(precious.file('model'), 'utf8')).toBe('weights');
  });
});
