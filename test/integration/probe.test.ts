import { appendFile, chmod, rename, rm, truncate } from 'node:fs/promises';
import { expect, it } from 'vitest';
import {
  type OpenMmapProbe,
  probeOpenMmap,
  probeReads,
  type ReadProbe,
  resolveTargets,
} from '../../lib/index.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { describeWith, fuse, nobody, root } from '../support/capabilities.ts';
import { libraryChild } from '../support/library-child.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { NOBODY } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const SIZE = 64 * PAGE_SIZE;

it('a probe of many files has all of its reads in one job, spaced, at the same places for the same seed', async () => {
  await using directory = await temporaryDirectory('probe');
  for (const name of ['a', 'b', 'c']) await writeRandomFile(directory.file(name), SIZE);
  const set = await resolveTargets([directory.path]);
  const started = performance.now();
  const options = { count: 10, blockBytes: 4096, spacingMs: 20, seed: 9 };
  const first = await probeReads(set.files, options);
  expect(performance.now() - started).toBeGreaterThanOrEqual(9 * 20);
  const places = ({ samples }: ReadProbe) => samples.map(({ file, offset }) => `${file.path}:${offset}`);
  expect(places(await probeReads(set.files, options))).toEqual(places(first));
  expect(new Set(first.samples.map(({ file }) => file.path)).size).toBeGreaterThan(1);
  expect(new Set(places(first)).size).toBe(10);
});

it('an abort ends a probe that waits for its next read', async () => {
  await using directory = await temporaryDirectory('probe');
  await writeRandomFile(directory.file('model'), SIZE);
  const { files } = await resolveTargets([directory.path]);
  const signal = AbortSignal.timeout(100);
  await expect(
    probeReads(files, { blockBytes: 4096, count: 10, spacingMs: 600_000, signal }),
  ).rejects.toMatchObject({
    name: 'TimeoutError',
  });
});

it('files that changed, ended or went are results of their places', async () => {
  await using directory = await temporaryDirectory('probe');
  const names = ['good', 'grown', 'replaced', 'removed', 'truncated', 'emptied'];
  for (const name of [...names, 'other']) await writeRandomFile(directory.file(name), SIZE);
  const { files } = await resolveTargets(names.map((name) => directory.file(name)));
  await appendFile(directory.file('grown'), 'more');
  await rename(directory.file('other'), directory.file('replaced'));
  await rm(directory.file('removed'));
  await truncate(directory.file('truncated'), PAGE_SIZE);
  await truncate(directory.file('emptied'), 0);
  const codes = new Map([
    ['replaced', 'WARMSET_FILE_REPLACED'],
    ['removed', 'ENOENT'],
    ['truncated', 'WARMSET_FILE_TRUNCATED'],
    ['emptied', 'WARMSET_FILE_TRUNCATED'],
  ]);
  const nameOf = (path: string) => path.slice(directory.path.length + 1);

  const reads = await probeReads(files, { count: 1000, blockBytes: 4096 });
  expect(reads.samples.length).toBe(names.length * 64);
  for (const sample of reads.samples) {
    const name = nameOf(sample.file.path);
    const code = name === 'truncated' && sample.offset < PAGE_SIZE ? undefined : codes.get(name);
    if (code === undefined) expect(sample.state, name).not.toBe('failed');
    else expect(sample, name).toMatchObject({ state: 'failed', failure: { code } });
  }

  const opens = await probeOpenMmap({ files }, { places: 64 });
  for (const { file, failure } of opens.failures) expect(failure.code).toBe(codes.get(nameOf(file.path)));
  expect(new Set(opens.failures.map(({ file }) => nameOf(file.path)))).toEqual(new Set(codes.keys()));
  // Of the truncated file one page is left.
  expect(opens.touches.length).toBe(64 + 64 + 1);
  expect(opens.opens.map(({ file }) => nameOf(file.path)).sort()).toEqual(['good', 'grown', 'truncated']);
});

describeWith([root, nobody], 'a probe by another user', () => {
  it('has no label and no count where the kernel tells none, and fails where it may not read', async () => {
    await using directory = await temporaryDirectory('probe');
    for (const name of ['readable', 'secret']) await writeRandomFile(directory.file(name), SIZE);
    await chmod(directory.file('readable'), 0o644);
    const { files } = await resolveTargets([directory.path]);
    await chmod(directory.file('secret'), 0o600);
    await evict(directory.file('readable'));
    await using child = await libraryChild({ uid: NOBODY });
    const call = <T>(body: string) =>
      child.call<T>(
        `const files = args.map((file) => ({ ...file, dev: BigInt(file.dev), ino: BigInt(file.ino) })); ${body}`,
        files.map((file) => ({ ...file, dev: String(file.dev), ino: String(file.ino) })),
      );
    const opens = await call<OpenMmapProbe>('return warmset.probeOpenMmap({ files }, { places: 2 });');
    expect(opens.touches.map(({ temperature }) => temperature)).toEqual(['unknown', 'unknown']);
    expect(opens).toMatchObject({
      broughtPages: null,
      leftPages: null,
      failures: [{ offset: null, failure: { code: 'EACCES' } }],
    });
    expect(opens.firstTouch).toMatchObject({ cold: null, warm: null, unknown: { samples: 2 } });

    await evict(directory.file('readable'));
    const reads = await call<ReadProbe>("return warmset.probeReads(files, { count: 20, way: 'buffered' });");
    for (const sample of reads.samples) {
      expect(sample).toMatchObject(
        sample.file.path.endsWith('secret')
          ? { state: 'failed', failure: { code: 'EACCES' } }
          : { state: 'not-measured', reason: 'unknown' },
      );
    }
    expect((await oracle(directory.file('readable'))).resident).toBe(0);
  });
});

describeWith([root, fuse], 'a slow device', () => {
  it('shows in every read and every cold touch, and in no warm one', async () => {
    await using directory = await temporaryDirectory('probe');
    await writeRandomFile(directory.file('model'), SIZE);
    await using mount = await mountSlowfs(directory.path);
    const set = await resolveTargets([mount.file('model')]);
    const DELAY_MS = 30;
    for (const way of ['direct', 'buffered'] as const) {
      await evict(mount.file('model'));
      await mount.set({ delayUs: DELAY_MS * 1000 });
      const slow = await probeReads(set.files, { count: 5, blockBytes: 4096, way });
      expect(slow.latency?.samples).toBe(5);
      for (const sample of slow.samples) {
        expect(sample.state === 'read' && sample.milliseconds).toBeGreaterThanOrEqual(DELAY_MS);
      }
    }
    await evict(mount.file('model'));
    const touches = await probeOpenMmap(set, { places: 5 });
    expect(touches.firstTouch.cold?.samples).toBe(5);
    expect(touches.firstTouch.cold?.p50Ms).toBeGreaterThanOrEqual(DELAY_MS);
    expect(touches.open?.maxMs).toBeLessThan(DELAY_MS);
    expect(touches.leftPages).toBe(0);

    await mount.set({ eioFrom: 0 });
    const failing = await probeReads(set.files, { count: 3, blockBytes: 4096 });
    for (const sample of failing.samples) {
      expect(sample).toMatchObject({ state: 'failed', failure: { code: 'EIO' } });
    }
    const untouchable = await probeOpenMmap(set, { places: 3 });
    expect(untouchable.touches).toEqual([]);
    expect(untouchable.failures.map(({ failure }) => failure.code)).toEqual(['EIO', 'EIO', 'EIO']);
  });
});
