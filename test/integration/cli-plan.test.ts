import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import {
  halfWarm,
  halfWarmModel,
  MODEL_BYTES,
  type ModelDirectory,
  residentBytesOf,
  truthOf,
} from '../support/model-directory.ts';

describeWith(cc, 'warmset plan and warm --dry-run', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
  });
  afterAll(() => model[Symbol.asyncDispose]());
  beforeEach(() => halfWarm(model));

  it.each([[['plan']], [['warm', '--dry-run']]])('%j --json says what would be read', async (verb) => {
    const result = await cli([...verb, '--json', '--max-bytes', '1GiB', model.path]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const files = [];
    for (const path of model.files) {
      const { size, residentBytes } = await truthOf(path);
      const toRead = size - residentBytes;
      files.push({ path, asked: size, alreadyResident: residentBytes, toRead, error: null });
    }
    const resident = await residentBytesOf(model.files);
    expect(json(result)).toEqual({
      schema: 'warmset.plan/1',
      asked: MODEL_BYTES,
      alreadyResident: resident,
      toRead: MODEL_BYTES - resident,
      leftOut: 0,
      budget: {
        allowed: 2 ** 30,
        binding: 'maxBytes',
        reason: expect.stringContaining('1.00 GiB'),
        limits: expect.arrayContaining([{ name: 'maxBytes', bytes: 2 ** 30, detail: expect.any(String) }]),
        unknowns: [],
      },
      files,
      failures: [],
    });
  });

  it.each([[['plan']], [['warm', '--dry-run']]])('%j exits with 3 where the budget cuts', async (verb) => {
    const { code, stdout } = await cli([...verb, '--max-bytes', '300KiB', model.path]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^asked {2,}767 KiB in 5 files$/m);
    expect(stdout).toMatch(/^already resident {2,}383 KiB$/m);
    expect(stdout).toMatch(/^left out {2,}\d+ KiB: over the budget$/m);
    expect(stdout).toMatch(/^budget {2,}300 KiB: a ceiling of 300 KiB was asked for$/m);
    expect(stdout).toMatch(/^ {2}binds {2,}300 KiB {2}a ceiling/m);
    expect(stdout).toMatch(/^ {2}limit {2,}\S+ GiB {2}50\.0 % of the/m);
  });

  it('changes nothing', async () => {
    const before = await Promise.all(model.files.map(truthOf));
    await cli(['plan', model.path]);
    await cli(['warm', '--dry-run', model.path]);
    await cli(['evict', '--dry-run', model.path]);
    expect(await Promise.all(model.files.map(truthOf))).toEqual(before);
  });

  it('takes a share of memory, as percentage and as fraction', async () => {
    for (const share of ['25%', '0.25']) {
      const { budget } = json(await cli(['plan', '--json', '--fraction', share, model.path]));
      const limits = (budget as { limits: { name: string; detail: string }[] }).limits;
      expect(limits[0]).toMatchObject({
        name: 'fractionOfAvailable',
        detail: expect.stringMatching(/^25\.0 %/),
      });
    }
  });

  it('evict --dry-run says what would be given back', async () => {
    const text = await cli(['evict', '--dry-run', model.path]);
    expect(text).toMatchObject({ code: 0, stdout: 'would give back up to 383 KiB of 5 files\n' });
    const document = json(await cli(['evict', '--dry-run', '--json', model.path]));
    expect(document).toMatchObject({
      schema: 'warmset.status/1',
      total: { residentBytes: 64 * PAGE_SIZE - 1234 + 32 * PAGE_SIZE },
    });
  });
});
