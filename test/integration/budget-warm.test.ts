import { describe, expect, it } from 'vitest';
import { ENGINES, type FillPlan, planWarm, resolveTargets, warm } from '../../lib/index.ts';
import { evict, makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, nobody, root } from '../support/capabilities.ts';
import { inScript } from '../support/library-script.ts';
import { NOBODY } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { expectTruth, residentBytes } from '../support/truth.ts';

const MIB = 1 << 20;
const SIZE = 40 * MIB + 100;

async function coldFile(directory: TemporaryDirectory, name = 'model', size = SIZE): Promise<string> {
  const file = directory.file(name);
  await writeRandomFile(file, size);
  await evict(file);
  return file;
}

describeWith([root, cc], 'a budget', () => {
  it.for(
    ENGINES.flatMap((engine) =>
      [1, PAGE_SIZE, 3 * MIB + 2 * PAGE_SIZE + 5, 10 * MIB].map((max) => ({ engine, max })),
    ),
  )('of $max bytes is kept to the page by $engine', async ({ engine, max }) => {
    await using directory = await temporaryDirectory();
    const file = await coldFile(directory);
    const set = await resolveTargets([file]);
    const pages = Math.floor(max / PAGE_SIZE);
    const result = await warm(set, { engine, budget: { maxBytes: max } });
    expect(result).toMatchObject({
      asked: SIZE,
      read: pages * PAGE_SIZE,
      residentNow: pages * PAGE_SIZE,
      lost: 0,
      budget: { allowed: max, binding: 'maxBytes' },
      stopped: { reason: 'budget' },
    });
    expect(result.stopped?.detail).toMatch(/were left out/);
    // Read-ahead past the cut would show here, if not at once then a moment later.
    const expected = pages === 0 ? [] : [[0, pages]];
    expect((await oracle(file)).runs).toEqual(expected);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect((await oracle(file)).runs).toEqual(expected);
  });

  it('of exactly the file takes its last, partial page; a byte less does not', async () => {
    await using directory = await temporaryDirectory();
    const file = await coldFile(directory);
    const set = await resolveTargets([file]);
    const less = await warm(set, { budget: { maxBytes: SIZE - 1 } });
    expect(less).toMatchObject({ residentNow: SIZE - 100, stopped: { reason: 'budget' } });
    await expectTruth(less);
    await evict(file);
    const exact = await warm(set, { budget: { maxBytes: SIZE } });
    expect(exact).toMatchObject({ residentNow: SIZE, stopped: null });
    await expectTruth(exact);
  });

  it.for(['100MiB', 100 * MIB])('is a size in words or a number: %s', async (maxBytes) => {
    await using directory = await temporaryDirectory();
    const set = await resolveTargets([await coldFile(directory)]);
    const plan = await planWarm(set, { budget: { maxBytes } });
    expect(plan.budget.limits.find(({ name }) => name === 'maxBytes')?.bytes).toBe(100 * MIB);
  });

  it('counts what is resident already, and a second run reads nothing', async () => {
    await using directory = await temporaryDirectory();
    const paths = [];
    for (const name of ['a', 'b', 'c']) paths.push(await coldFile(directory, name, 4 * MIB));
    const [a = '', b = '', c = ''] = paths;
    await makePagesResident(
      a,
      Array.from({ length: 512 }, (_, page) => page),
    );
    const set = await resolveTargets(paths);
    const first = await warm(set, { budget: { maxBytes: 6 * MIB } });
    expect(first).toMatchObject({ alreadyResident: 2 * MIB, read: 4 * MIB, residentNow: 6 * MIB });
    expect(await Promise.all([a, b, c].map(residentBytes))).toEqual([4 * MIB, 2 * MIB, 0]);
    const second = await warm(set, { budget: { maxBytes: 6 * MIB } });
    expect(second).toMatchObject({ alreadyResident: 6 * MIB, read: 0, residentNow: 6 * MIB });
    await expectTruth(second);
    const third = await warm(set, { budget: { maxBytes: 8 * MIB } });
    expect(third).toMatchObject({ alreadyResident: 6 * MIB, read: 2 * MIB, residentNow: 8 * MIB });
    await expectTruth(third);
  });

  it('that a resident later file fills is kept: nothing of an earlier one is read, and the reason is told', async () => {
    await using directory = await temporaryDirectory();
    const early = await coldFile(directory, 'early', 4 * MIB);
    const late = await coldFile(directory, 'late', 4 * MIB);
    await warm(await resolveTargets([late]));
    const set = await resolveTargets([early, late]);
    const full = await warm(set, { budget: { maxBytes: 4 * MIB } });
    expect(full).toMatchObject({ alreadyResident: 4 * MIB, read: 0, residentNow: 4 * MIB });
    expect(full.stopped?.detail).toContain('4.00 MiB of the set were resident before');
    const more = await warm(set, { budget: { maxBytes: 6 * MIB } });
    expect(more.files.map(({ residentNow }) => residentNow)).toEqual([2 * MIB, 4 * MIB]);
    await expectTruth(more);
  });

  it('takes half-missing windows whole or not at all', async () => {
    await using directory = await temporaryDirectory();
    const file = await coldFile(directory, 'model', 8 * MIB);
    // Every other page: which half of a window is missing isn't known to the plan.
    await makePagesResident(
      file,
      Array.from({ length: 1024 }, (_, index) => index * 2),
    );
    const result = await warm(await resolveTargets([file]), { budget: { maxBytes: 6 * MIB + PAGE_SIZE } });
    expect(result).toMatchObject({
      alreadyResident: 4 * MIB,
      read: 2 * MIB,
      residentNow: 6 * MIB,
      lost: 0,
    });
    expect((await oracle(file)).runs[0]).toEqual([0, 1025]);
  });

  it('is told before anything is read', async () => {
    await using directory = await temporaryDirectory();
    const file = await coldFile(directory);
    let plan: FillPlan | undefined;
    let cold = false;
    const set = await resolveTargets([file]);
    const planned = await planWarm(set, { budget: { maxBytes: '2MiB' } });
    expect((await oracle(file)).resident).toBe(0);
    await warm(set, {
      budget: { maxBytes: '2MiB' },
      onPlan: (said) => {
        plan = said;
        cold = said.files[0]?.alreadyResident === 0;
      },
    });
    expect(cold).toBe(true);
    expect(plan).toMatchObject({ asked: SIZE, toRead: 2 * MIB, leftOut: SIZE - 2 * MIB });
    expect(plan?.files).toEqual(planned.files);
  });

  it('of a share of the available memory is what it says', async () => {
    const plan = await planWarm(await resolveTargets([]), { budget: { fractionOfAvailable: 0.25 } });
    const limit = plan.budget.limits.find(({ name }) => name === 'fractionOfAvailable');
    expect(limit?.detail).toMatch(/^25(\.0)? % of/);
    const half = await planWarm(await resolveTargets([]));
    expect(half.budget.limits[0]?.bytes).toBeGreaterThan(1.5 * (limit?.bytes ?? 0));
  });
});

describeWith([root, cc, nobody], 'a budget for a file that may not be asked about', () => {
  it('is kept as if nothing were resident', async () => {
    await using directory = await temporaryDirectory();
    const file = await coldFile(directory);
    const result = await inScript<Record<string, unknown>>(
      "return warmset.warm(await warmset.resolveTargets([args]), { budget: { maxBytes: '4MiB' } });",
      { uid: NOBODY, args: file },
    );
    expect(result).toMatchObject({ asked: SIZE, read: 4 * MIB, residentNow: 4 * MIB, unverifiedFiles: 0 });
    expect(await residentBytes(file)).toBe(4 * MIB);
  });
});

describe('a budget that makes no sense', () => {
  it.for([
    { maxBytes: '12parsecs' },
    { maxBytes: '' },
    { maxBytes: '-1MiB' },
    { maxBytes: -1 },
    { maxBytes: 1.5 },
    { maxBytes: Number.NaN },
    { fractionOfAvailable: 1.5 },
    { fractionOfAvailable: -0.1 },
    { fractionOfAvailable: Number.NaN },
  ])('is refused: %o', async (budget) => {
    const [name] = Object.keys(budget);
    await expect(warm(await resolveTargets([]), { budget })).rejects.toMatchObject({
      name: 'WarmsetError',
      code: 'WARMSET_BAD_ARGUMENT',
      subject: name,
      remedy: expect.stringMatching(/./),
    });
  });

  it('of 8 PiB is a ceiling like any other', async () => {
    const plan = await planWarm(await resolveTargets([]), { budget: { maxBytes: '8PiB' } });
    expect(plan.budget.limits.find(({ name }) => name === 'maxBytes')?.bytes).toBe(2 ** 53 - 1);
  });
});
