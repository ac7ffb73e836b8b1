import { truncate } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { probeOpenMmap, probeReads, probeStretch, resolveTargets, watchReads } from '../../lib/index.ts';
import { evict, makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import { run } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const PAGES = 256;

async function someFiles(count: number) {
  const directory = await temporaryDirectory('probe');
  const paths = Array.from({ length: count }, (_, at) => directory.file(`model-${at}`));
  for (const path of paths) {
    await writeRandomFile(path, PAGES * PAGE_SIZE);
    await evict(path);
  }
  const { files } = await resolveTargets([directory.path]);
  return { directory, paths, files, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

it('a stretch is told as cold, partly or all warm, and leaves the cache as it was', async () => {
  await using some = await someFiles(1);
  const [file] = some.files;
  const [path] = some.paths;
  if (!file || path === undefined) throw new Error('no file');
  const length = 16 * PAGE_SIZE;
  const cold = await probeStretch(file, { length });
  expect(cold).toMatchObject({ state: 'touched', sample: { temperature: 'cold', pages: 16, leftPages: 0 } });
  expect((await oracle(path)).resident).toBe(0);
  await makePagesResident(path, [0, 1, 2]);
  expect(await probeStretch(file, { length })).toMatchObject({
    sample: { temperature: 'partly', leftPages: 0 },
  });
  await run('cat', [path]);
  const warm = await probeStretch(file, { offset: 4 * PAGE_SIZE, length });
  expect(warm).toMatchObject({ sample: { temperature: 'warm', broughtPages: 0, residentPages: 16 } });
});

it('a file that ended is a failure of its stretch', async () => {
  await using some = await someFiles(1);
  const [file] = some.files;
  const [path] = some.paths;
  if (!file || path === undefined) throw new Error('no file');
  await truncate(path, PAGE_SIZE);
  expect(await probeStretch(file, { offset: 8 * PAGE_SIZE, length: PAGE_SIZE })).toMatchObject({
    state: 'failed',
    failure: { code: 'WARMSET_FILE_TRUNCATED' },
  });
});

it('stretches are part of a probe of opens, and opens tell what was warm', async () => {
  await using some = await someFiles(3);
  await run('cat', [some.paths[0] ?? '']);
  const probe = await probeOpenMmap({ files: some.files }, { stretchBytes: 32 * PAGE_SIZE });
  expect(probe.stretches).toHaveLength(3);
  expect(probe.opens.map(({ temperature }) => temperature).sort()).toEqual(['cold', 'cold', 'warm']);
  expect(probe.openMmap?.samples).toBe(6);
  expect(probe.stretch.cold?.samples).toBe(2);
  expect(probe.leftPages).toBe(0);
});

it('reads in sequence follow each other, and end with their time', async () => {
  await using some = await someFiles(2);
  const probe = await probeReads(some.files, { pattern: 'sequential', count: 40, blockBytes: 4096, seed: 3 });
  const places = probe.samples.map(
    ({ file, offset }) => some.files.indexOf(file) * PAGES + offset / PAGE_SIZE,
  );
  expect(places).toEqual(places.map((_, at) => ((places[0] ?? 0) + at) % (2 * PAGES)));
  expect(places).toHaveLength(40);
  const short = await probeReads(some.files, { count: 100, spacingMs: 1_000, durationMs: 100 });
  expect(short.samples).toHaveLength(1);
  const slow = await probeReads(some.files, {
    count: 100,
    blockBytes: 65_536,
    bytesPerSecond: 65_536,
    durationMs: 100,
  });
  expect(slow.samples).toHaveLength(1);
});

it('a watch tells of each interval, with the device’s own counters, and leaves nothing behind', async () => {
  await using some = await someFiles(2);
  const intervals = [];
  for await (const one of watchReads(some.files, { durationMs: 600, everyMs: 200, readsPerSecond: 50 })) {
    intervals.push(one);
  }
  expect(intervals.length).toBeGreaterThanOrEqual(2);
  for (const { probe } of intervals) expect(probe.latency?.samples).toBeGreaterThan(0);
  const [first] = intervals;
  // A filesystem without a block device has no counters; where there are some, ours are among them.
  for (const { reads } of first?.devices ?? [])
    expect(reads).toBeGreaterThanOrEqual(first?.probe.latency?.samples ?? 0);
  for (const path of some.paths) expect((await oracle(path)).resident).toBe(0);
});

it('an abort ends a watch', async () => {
  await using some = await someFiles(1);
  const signal = AbortSignal.timeout(150);
  await expect(async () => {
    for await (const _ of watchReads(some.files, { durationMs: 60_000, signal })) {
      // Only its end is of interest.
    }
  }).rejects.toMatchObject({ name: expect.stringMatching(/AbortError|TimeoutError/) });
});
