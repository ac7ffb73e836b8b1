import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cc, describeWith, itWith, nobody, root } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import {
  halfWarm,
  halfWarmModel,
  MODEL_BYTES,
  type ModelDirectory,
  truthOf,
} from '../support/model-directory.ts';
import { NOBODY } from '../support/run.ts';

describeWith(cc, 'warmset status', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
  });
  afterAll(() => model[Symbol.asyncDispose]());
  beforeEach(() => halfWarm(model));

  it('--json says of every file what the oracle and stat say', async () => {
    const result = await cli(['status', '--json', model.path]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout.split('\n')).toHaveLength(2);
    const files = [];
    let residentBytes = 0;
    let residentPages = 0;
    let pages = 0;
    for (const path of model.files) {
      const { dev, ino } = await stat(path, { bigint: true });
      const truth = await truthOf(path);
      const common = { state: 'known', source: expect.stringMatching(/^(cachestat|mincore)$/), reason: null };
      files.push({ path, dev: String(dev), ino: String(ino), ...truth, ...common });
      residentBytes += truth.residentBytes;
      residentPages += truth.residentPages;
      pages += truth.pages;
    }
    expect(residentPages).toBe(64 + 32);
    expect(json(result)).toEqual({
      schema: 'warmset.status/1',
      files,
      total: { files: 5, size: MODEL_BYTES, residentBytes, unknownFiles: 0 },
      cache_hit_ratio: residentPages / pages,
      skipped: { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 },
      failures: [],
    });
  });

  it('prints a line a file, the totals and a legend into a pipe, plain and whole', async () => {
    const { code, stdout, stderr } = await cli(['status', model.path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^FILE {2,}SIZE {2,}RESIDENT {2,}SHARE {2,}PAGES$/);
    const cells = lines.slice(1, 7).map((line) => line.split(/ {2,}/).filter((cell) => cell !== ''));
    expect(cells).toEqual([
      [model.files[0], '700 B', '0 B', '0 %', '.'],
      [model.files[1], '0 B', 'empty', 'empty'],
      [model.files[2], '255 KiB', '255 KiB', '100 %', '#'.repeat(32)],
      [model.files[3], '256 KiB', '128 KiB', '50.0 %', '+'.repeat(32)],
      [model.files[4], '256 KiB', '0 B', '0 %', '.'.repeat(32)],
      ['5 files', '767 KiB', '383 KiB', '49.7 %'],
    ]);
    expect(lines.slice(7)).toEqual(['. nothing  + most  # all', '']);
    expect(stdout).toMatch(/^[\n -~]*$/);
  });

  it('--total is one line', async () => {
    const { stdout, code } = await cli(['status', '--total', model.path]);
    expect({ stdout, code }).toEqual({ stdout: '5 files, 767 KiB, 383 KiB resident, 49.7 %\n', code: 0 });
    const one = await cli(['status', '--total', model.files[2] ?? '']);
    expect(one.stdout).toBe('1 file, 255 KiB, 255 KiB resident, 100 %\n');
  });

  it('does what it can when a target is missing, and exits with 1', async () => {
    const missing = model.directory.file('no such model');
    const text = await cli(['status', missing, model.files[2] ?? '']);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain('1 file ');
    expect(text.stderr).toMatch(
      new RegExp(`^warmset: ${missing}: no such file or directory \\(ENOENT\\)\n {5}do: check the name`),
    );
    const document = json(await cli(['status', '--json', missing, model.files[2] ?? '']));
    expect(document).toMatchObject({
      files: [{ path: model.files[2] }],
      failures: [{ path: missing, code: 'ENOENT', remedy: expect.any(String) }],
    });
  });

  it('counts what it leaves out', async () => {
    const [, , shard = ''] = model.files;
    const { stdout } = await cli(['status', '--total', shard, shard, '/dev/null']);
    expect(stdout.split('\n')[1]).toBe('left out: 1 device, 1 second name');
  });

  it('reads nothing', async () => {
    const before = await Promise.all(model.files.map(truthOf));
    await cli(['status', model.path]);
    expect(await Promise.all(model.files.map(truthOf))).toEqual(before);
  });

  describe('for a user who may not know', () => {
    itWith([root, nobody], 'says unknown, why, and what to do', async () => {
      const [, , shard = ''] = model.files;
      const document = json(await cli(['status', '--json', shard], { uid: NOBODY }));
      expect(document).toMatchObject({
        files: [
          {
            state: 'unknown',
            residentPages: null,
            residentBytes: null,
            source: null,
            reason: expect.stringMatching(/another user/),
            reasonCode: 'not-permitted',
            remedy: expect.any(String),
          },
        ],
        total: { files: 1, residentBytes: 0, unknownFiles: 1 },
        cache_hit_ratio: null,
      });
      const { code, stdout } = await cli(['status', shard], { uid: NOBODY });
      expect(code).toBe(0);
      expect(stdout).toMatch(/255 KiB {2,}unknown {2,}unknown {2,}\?\n/);
      expect(stdout).toMatch(/^unknown for 1 file: .*another user.*\n {4}do: .+$/m);
      expect(stdout).not.toContain('%');
    });
  });
});
