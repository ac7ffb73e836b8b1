import { chmod, truncate } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { WarmResult } from '../../lib/index.ts';
import { evict, makePagesResident, PAGE_SIZE } from '../support/cache.ts';
import { cachestat, cc, describeWith, nobody, root, seccomp } from '../support/capabilities.ts';
import { libraryChild } from '../support/library-child.ts';
import { NOBODY } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { expectTruth, residentBytes } from '../support/truth.ts';

const MIB = 1 << 20;
const SIZE = 6 * MIB + 100;
const WARM = 'return warmset.warm(await warmset.resolveTargets(args.targets), args.options);';

describeWith([root, cc, nobody], "another user's file", () => {
  it('is read whole, and verified without being asked about', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    await makePagesResident(file, [0, 1, 2, 700]);
    await using child = await libraryChild({ uid: NOBODY });
    const result = await child.call<WarmResult>(WARM, { targets: [file] });
    expect(result).toMatchObject({
      asked: SIZE,
      alreadyResident: 0,
      read: SIZE,
      residentNow: SIZE,
      lost: 0,
      unverifiedFiles: 0,
      stopped: null,
      files: [{ alreadyResident: null, residentNow: SIZE, failure: null }],
    });
    await expectTruth({ ...result, alreadyResident: 0 });
  });

  it('with holes is asked about, read and verified without them', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('sparse');
    await writeRandomFile(file, PAGE_SIZE);
    await truncate(file, 64 * MIB);
    await evict(file);
    await using child = await libraryChild({ uid: NOBODY });
    const result = await child.call<WarmResult>(WARM, { targets: [file] });
    expect(result).toMatchObject({
      asked: PAGE_SIZE,
      read: PAGE_SIZE,
      residentNow: PAGE_SIZE,
      unverifiedFiles: 0,
    });
    expect(await residentBytes(file)).toBe(PAGE_SIZE);
  });

  it('that the budget leaves out is unknown, not read and not claimed', async () => {
    await using directory = await temporaryDirectory();
    const [first, second] = [directory.file('1'), directory.file('2')];
    for (const file of [first, second]) {
      await writeRandomFile(file, SIZE);
      await evict(file);
    }
    await using child = await libraryChild({ uid: NOBODY });
    const result = await child.call<WarmResult>(WARM, {
      targets: [first, second],
      options: { budget: { maxBytes: 4 * MIB } },
    });
    expect(result.files).toMatchObject([{ residentNow: 4 * MIB }, { read: 0, residentNow: null, lost: 0 }]);
    expect(result.unverifiedFiles).toBe(1);
    expect([await residentBytes(first), await residentBytes(second)]).toEqual([4 * MIB, 0]);
  });

  it('that may not be read is a failure of its own, with what Node would say', async () => {
    await using directory = await temporaryDirectory();
    const [secret, open] = [directory.file('secret'), directory.file('open')];
    for (const file of [secret, open]) await writeRandomFile(file, SIZE);
    await chmod(secret, 0o600);
    await using child = await libraryChild({ uid: NOBODY });
    const result = await child.call<WarmResult>(WARM, { targets: [secret, open] });
    const failures = new Map(result.files.map(({ file, failure }) => [file.path, failure]));
    expect(failures.get(secret)).toEqual({ code: 'EACCES', syscall: 'open', message: 'permission denied' });
    expect(failures.get(open)).toBeNull();
  });
});

interface Sandbox {
  readonly deny: readonly string[];
  readonly engine: string;
  readonly why: RegExp;
}

const SANDBOXES: readonly Sandbox[] = [
  { deny: ['madvise:22=ENOSYS'], engine: 'sendfile', why: /a sandbox blocks MADV_POPULATE_READ; sendfile/ },
  { deny: ['madvise:22=EPERM'], engine: 'sendfile', why: /a sandbox blocks MADV_POPULATE_READ; sendfile/ },
  { deny: ['madvise:22=EINVAL'], engine: 'sendfile', why: /has no MADV_POPULATE_READ \(5\.14\); sendfile/ },
  { deny: ['cachestat=ENOSYS'], engine: 'populate', why: /^MADV_POPULATE_READ copies nothing/ },
  { deny: ['cachestat=EPERM'], engine: 'populate', why: /^MADV_POPULATE_READ copies nothing/ },
  { deny: ['cachestat=ENOSYS', 'madvise:22=EPERM'], engine: 'sendfile', why: /sandbox blocks/ },
  { deny: ['cachestat=EPERM', 'preadv2=ENOSYS', 'ioprio_set=EPERM'], engine: 'populate', why: /./ },
];

describeWith([root, cc, seccomp, cachestat], 'under a sandbox', () => {
  it.for(SANDBOXES)(
    'that answers $deny the fill is by $engine, and as true',
    async ({ deny, engine, why }) => {
      await using directory = await temporaryDirectory();
      const file = directory.file('model');
      await writeRandomFile(file, SIZE);
      await makePagesResident(file, [3, 4, 5, 900]);
      await using child = await libraryChild({ deny });
      const result = await child.call<WarmResult>(WARM, { targets: [file] });
      expect(result).toMatchObject({
        engine: { engine, why: expect.stringMatching(why) },
        asked: SIZE,
        alreadyResident: 4 * PAGE_SIZE,
        read: SIZE - 4 * PAGE_SIZE,
        residentNow: SIZE,
        lost: 0,
        unverifiedFiles: 0,
      });
      await expectTruth(result);
      const source = deny.some((rule) => rule.startsWith('cachestat')) ? 'mincore' : 'cachestat';
      const report = await child.call<{ files: { source: string }[] }>(
        'return warmset.residency(await warmset.resolveTargets([args]));',
        file,
      );
      expect(report.files[0]?.source).toBe(source);
      const idle = deny.some((rule) => rule.startsWith('ioprio_set'));
      expect(result.priorityFailure).toEqual(
        idle ? { code: 'EPERM', syscall: 'ioprio_set', message: 'operation not permitted' } : null,
      );
    },
  );

  it('an engine that was asked for and is blocked is refused with a remedy', async () => {
    await using child = await libraryChild({ deny: ['madvise:22=EPERM'] });
    const refused = child.call(WARM, { targets: [], options: { engine: 'populate' } });
    await expect(refused).rejects.toMatchObject({ code: 'WARMSET_UNSUPPORTED' });
  });
});
