import { expect, it } from 'vitest';
import { resolveTargets, type WarmProgress, warm } from '../../lib/index.ts';
import { evict, makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, fuse, root } from '../support/capabilities.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;

/** Phases in order, and within each numbers that never fall and never pass their end. */
function expectMonotone(reports: readonly WarmProgress[]): void {
  const phases = ['measuring', 'filling', 'verifying'];
  for (const [index, report] of reports.entries()) {
    expect(report.read).toBeLessThanOrEqual(report.toRead);
    expect(report.filesDone).toBeLessThanOrEqual(report.files);
    const before = reports[index - 1];
    if (!before) continue;
    expect(phases.indexOf(report.phase)).toBeGreaterThanOrEqual(phases.indexOf(before.phase));
    if (before.phase !== report.phase) continue;
    expect(report.read).toBeGreaterThanOrEqual(before.read);
    expect(report.filesDone).toBeGreaterThanOrEqual(before.filesDone);
    expect(report.toRead).toBe(before.toRead);
  }
}

describeWith([root, cc], 'progress', () => {
  it.for([
    { budget: undefined, name: 'of everything' },
    { budget: { maxBytes: 130 * MIB + 7 }, name: 'cut by a budget' },
  ])('$name is monotone and ends complete', async ({ budget }) => {
    await using directory = await temporaryDirectory();
    for (const [name, size] of [
      ['1', 30 * MIB],
      ['2', 150 * MIB],
      ['3', 3 * MIB],
    ] as const) {
      await writeRandomFile(directory.file(name), size);
      await evict(directory.file(name));
    }
    await makePagesResident(directory.file('1'), [1, 3]);
    const reports: WarmProgress[] = [];
    const set = await resolveTargets([directory.path]);
    const result = await warm(set, { budget, onProgress: (report) => reports.push(report) });
    expectMonotone(reports);
    expect(reports.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['measuring', 'filling']));
    const last = reports.at(-1);
    expect(last).toEqual({
      phase: 'verifying',
      verdict: { action: 'go' },
      read: result.read,
      toRead: result.read,
      filesDone: 3,
      files: 3,
    });
    expect(reports.filter(({ phase }) => phase === 'filling').at(-1)).toMatchObject({
      read: result.read,
      filesDone: 3,
    });
  });

  it('ends complete with files that failed, too', async () => {
    await using directory = await temporaryDirectory();
    for (const name of ['1', '2']) {
      await writeRandomFile(directory.file(name), MIB);
      await evict(directory.file(name));
    }
    const set = await resolveTargets([directory.path]);
    await directory[Symbol.asyncDispose]();
    const reports: WarmProgress[] = [];
    await warm(set, { onProgress: (report) => reports.push(report) });
    expect(reports.at(-1)).toMatchObject({ phase: 'verifying', filesDone: 2, files: 2 });
  });
});

describeWith([root, cc, fuse], 'an onProgress that throws', () => {
  it('ends the fill, and warm rejects with what it threw', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 64 * MIB);
    const mount = owned(await mountSlowfs(directory.path, { faults: { delayUs: 50_000 } }));
    const set = await resolveTargets([mount.file('model')]);
    const thrown = new Error('the bar broke');
    let calls = 0;
    const warming = warm(set, {
      onProgress: ({ phase, read }) => {
        if (phase === 'filling' && read > 0) {
          calls += 1;
          throw thrown;
        }
      },
    });
    await expect(warming).rejects.toBe(thrown);
    expect(calls).toBe(1);
    await mount.set({});
    // Nobody goes on reading.
    const seen = (await oracle(mount.file('model'))).resident;
    expect(seen).toBeLessThan((64 * MIB) / PAGE_SIZE);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await oracle(mount.file('model'))).resident).toBe(seen);
  });

  it('before the fill rejects, too', async () => {
    const thrown = new Error('no plan');
    const onPlan = (): void => {
      throw thrown;
    };
    await expect(warm(await resolveTargets([]), { onPlan })).rejects.toBe(thrown);
  });
});
