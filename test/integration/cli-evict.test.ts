import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { hold, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, itWith, tmpfsMount } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { halfWarm, halfWarmModel, type ModelDirectory, residentBytesOf } from '../support/model-directory.ts';
import { mountTmpfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';

describeWith(cc, 'warmset evict', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
  });
  afterAll(() => model[Symbol.asyncDispose]());
  beforeEach(() => halfWarm(model));

  it('--json says what went, and the oracle agrees', async () => {
    const before = await residentBytesOf(model.files);
    const result = await cli(['evict', '--json', model.path]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const [, , first = '', second = ''] = model.files;
    const bytes = new Map([
      [first, 64 * PAGE_SIZE - 1234],
      [second, 32 * PAGE_SIZE],
    ]);
    expect(json(result)).toEqual({
      schema: 'warmset.evict/1',
      residentBefore: before,
      residentNow: 0,
      unknownFiles: 0,
      files: model.files.map((path) => ({
        path,
        residentBefore: bytes.get(path) ?? 0,
        residentNow: 0,
        survival: null,
        error: null,
      })),
      failures: [],
    });
    expect(await residentBytesOf(model.files)).toBe(0);
  });

  it('prints before, given back and now', async () => {
    const { code, stdout, stderr } = await cli(['evict', model.path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('resident before   383 KiB\ngiven back        383 KiB\nresident now      0 B\n');
  });

  it('names what stayed and who holds it, and exits with 1', async () => {
    const [, , first = ''] = model.files;
    const holder = owned(await hold('mmap', first, 0, 4 * PAGE_SIZE));
    const text = await cli(['evict', model.path]);
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(
      new RegExp(`^stayed 16\\.0 KiB of ${first}: mapped by hold[^ ]* \\(${holder.pid}\\)$`, 'm'),
    );
    const document = json(await cli(['evict', '--json', model.path]));
    expect(document).toMatchObject({ residentNow: 4 * PAGE_SIZE });
    const [, , file] = document.files as Record<string, unknown>[];
    expect(file).toMatchObject({
      residentNow: 4 * PAGE_SIZE,
      survival: { why: 'mapped', detail: expect.any(String), processes: [{ pid: holder.pid }] },
    });
  });

  it('keeps changed pages unless told to write them', async () => {
    const fresh = model.directory.file('fresh');
    await writeFile(fresh, Buffer.alloc(8 * PAGE_SIZE, 'x'));
    const synced = await cli(['evict', '--sync', fresh]);
    expect(synced.code).toBe(0);
    expect(synced.stdout).toMatch(/^resident now {6}0 B$/m);
  });

  itWith(tmpfsMount, 'explains files that live in memory', async () => {
    const mount = owned(await mountTmpfs());
    await writeFile(mount.file('weights'), Buffer.alloc(PAGE_SIZE, 'x'));
    const { code, stdout } = await cli(['evict', mount.path]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^stayed 4\.00 KiB of \S+\/weights: tmpfs keeps its files in memory/m);
  });
});
