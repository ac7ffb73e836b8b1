import { readdirSync } from 'node:fs';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { readSnapshot } from '../../lib/index.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, itWith, nobody, root } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { startScript } from '../support/library-script.ts';
import { halfWarm, halfWarmModel, type ModelDirectory, residentBytesOf } from '../support/model-directory.ts';
import { owned } from '../support/owned.ts';
import { NOBODY } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';

describeWith(cc, 'warmset snapshot', () => {
  let model: ModelDirectory;
  let file: string;
  beforeAll(async () => {
    model = await halfWarmModel();
    file = model.directory.file('set.snap');
  });
  afterAll(() => model[Symbol.asyncDispose]());
  beforeEach(() => halfWarm(model));

  async function evictAll(): Promise<void> {
    for (const path of model.files) if (!path.endsWith('empty.txt')) await evict(path);
  }

  it('saves, restores to the page and compares, in plain lines for a pipe', async () => {
    const before = await Promise.all(
      model.files.filter((path) => !path.endsWith('empty.txt')).map((path) => oracle(path)),
    );
    const saved = await cli(['snapshot', 'save', file, model.path]);
    expect(saved).toMatchObject({ code: 0, stderr: '' });
    expect(saved.stdout).toMatch(/^recorded {10}383 KiB resident of \d files$/m);
    expect(saved.stdout).toContain(`written           ${file}, `);

    await evictAll();
    const lost = await cli(['snapshot', 'diff', file]);
    expect(lost).toMatchObject({ code: 0, stderr: '' });
    expect(lost.stdout).toMatch(/^\d files +0 B {2,}383 KiB +0 B$/m);

    const restored = await cli(['snapshot', 'restore', file]);
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    expect(restored.stdout).toMatch(/shard-2\.safetensors +128 KiB +128 KiB {2}restored$/m);
    expect(restored.stdout).toMatch(/^resident now {6}383 KiB, 100 %, measured after the fill$/m);
    const after = await Promise.all(
      model.files.filter((path) => !path.endsWith('empty.txt')).map((path) => oracle(path)),
    );
    expect(after).toEqual(before);

    const same = await cli(['snapshot', 'diff', file]);
    expect(same.stdout).toMatch(/^\d files +0 B {2,}0 B {2,}383 KiB$/m);
    const second = model.directory.file('second.snap');
    await cli(['snapshot', 'save', second, model.path]);
    const two = json(await cli(['snapshot', 'diff', '--json', file, second]));
    expect(two).toMatchObject({ schema: 'warmset.snapshotDiff/1', gained: 0, lost: 0, unknownFiles: 0 });
  });

  it('--dry-run reads nothing, and says with the exit code what the budget would leave out', async () => {
    await cli(['snapshot', 'save', file, model.path]);
    await evictAll();
    const words = ['snapshot', 'restore', '--dry-run', '--max-bytes', '300KiB', file];
    const plan = await cli(words);
    expect(plan).toMatchObject({ code: 3, stderr: '' });
    expect(plan.stdout).toMatch(/shard-1\.safetensors.* to-restore$/m);
    expect(plan.stdout).toMatch(/shard-2\.safetensors.* out-of-budget {2}.+ are left out$/m);
    expect(await residentBytesOf(model.files)).toBe(0);
    const done = await cli(words.filter((word) => word !== '--dry-run'));
    expect(done.code).toBe(3);
    expect(done.stderr).toMatch(/^warmset: the budget allows 300 KiB/);
    // Whole pages behind a shard whose last one isn't full.
    expect(await residentBytesOf(model.files)).toBe(75 * PAGE_SIZE - 1234);
  });

  it('is not all done when a file is missing, and says which', async () => {
    const extra = model.directory.file('model', 'extra');
    await writeFile(extra, 'x');
    expect(await cli(['snapshot', 'save', file, model.path])).toMatchObject({ code: 0 });
    await rm(extra);
    const result = await cli(['snapshot', 'restore', file]);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/\/extra .* missing +no such file or directory$/m);
  });

  it('refuses what is no snapshot, with 1 and its name', async () => {
    const [config = ''] = model.files;
    for (const words of [
      ['restore', config],
      ['diff', config],
      ['restore', '--dry-run', config],
    ]) {
      const { code, stdout, stderr } = await cli(['snapshot', ...words]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^warmset: .*: this is not a usable snapshot: /);
      expect(stderr).toContain(config);
      expect(stderr).toMatch(/^ {5}do: /m);
    }
  });

  itWith([root, nobody], 'says so where it may not write, or may not know', async () => {
    const { code, stderr } = await cli(['snapshot', 'save', file, model.path], { uid: NOBODY });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^warmset: cannot \w+ \S+\/set\.snap: permission denied \(EACCES\)$/m);
    await using directory = await temporaryDirectory();
    await chmod(directory.path, 0o777);
    const own = directory.file('own.snap');
    const saved = await cli(['snapshot', 'save', own, model.path], { uid: NOBODY });
    expect(saved.code).toBe(1);
    expect(saved.stdout).toMatch(/^unknown +for \d files: The pages belong to another user/m);
    const { files } = await readSnapshot(own);
    const [known, unknown] = [true, false].map((want) =>
      files.filter(({ state }) => (state === 'known') === want).map(({ size }) => size),
    );
    // Empty files have no pages that anybody could lie about.
    expect(known?.every((size) => size === 0)).toBe(true);
    expect(unknown?.length).toBeGreaterThan(0);
  });
});

const isUnfinished = (name: string): boolean => name.endsWith('.tmp');

describeWith(root, 'a process that is killed while it saves', () => {
  it('leaves the old file or the new one', { timeout: 60_000 }, async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('set.snap');
    // A few megabytes that hardly compress: writing them and waiting for the disk takes a while.
    const snippet = `
      const { randomBytes } = await import('node:crypto');
      const files = Array.from({ length: 20_000 }, () => ({
        path: '/' + randomBytes(120).toString('hex'), dev: 1n, ino: 1n, size: 0,
      }));
      for (;;) {
        await warmset.saveSnapshot({ files }, args);
        process.stdout.write('saved\\n');
      }`;
    let torn = 0;
    for (let round = 0; round < 6; round += 1) {
      const writer = owned(await startScript(snippet, { args: file }));
      await writer.saw(/saved/);
      // In the middle of the next one.
      await vi.waitUntil(() => readdirSync(directory.path).some(isUnfinished), {
        timeout: 10_000,
        interval: 1,
      });
      writer.kill('SIGKILL');
      await writer.ended;
      expect((await readSnapshot(file)).files).toHaveLength(20_000);
      const left = (await readdir(directory.path)).filter(isUnfinished);
      torn += left.length;
      for (const name of left) await rm(directory.file(name));
    }
    // Otherwise nothing was ever killed in the middle.
    expect(torn).toBeGreaterThan(0);
    expect((await readFile(file)).length).toBeGreaterThan(100_000);
  });
});
