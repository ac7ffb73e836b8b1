import { rmSync, writeFileSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  diagnose,
  type Engine,
  type FolioLayout,
  folioLayout,
  resolveTargets,
  warm,
} from '../../lib/index.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import * as capabilities from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { libraryChild } from '../support/library-child.ts';
import { undisturbed } from '../support/measured.ts';
import { mountLoop, mountOverlay, mountTmpfs } from '../support/mounts.ts';
import { NOBODY } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const { describeWith, itWith, root } = capabilities;
const MIB = 2 ** 20;
const SIZE = 8 * MIB;

async function layoutOf(path: string, windows?: number): Promise<FolioLayout> {
  const { files } = await resolveTargets([path]);
  const [layout] = await folioLayout(files, { windows });
  if (layout === undefined) throw new Error(`${path} is no target`);
  return layout;
}

async function fill(path: string, engine: Engine): Promise<void> {
  await evict(path);
  await warm(await resolveTargets([path]), { engine, priority: 'normal' });
}

/** Cached bytes in folios of at least so many, and all of them. */
function bytesFrom(layout: FolioLayout, least: number): number {
  if (layout.state !== 'counted') throw new Error(JSON.stringify(layout.state));
  return layout.folios.reduce((sum, { folioBytes, bytes }) => (folioBytes >= least ? sum + bytes : sum), 0);
}

/** A layout that was taken while the oracle saw the same pages before and after: it accounts for each of them. */
async function countedAfter(path: string, engine: Engine): Promise<FolioLayout> {
  const { resident, answer } = await undisturbed(
    path,
    () => fill(path, engine),
    () => layoutOf(path),
  );
  expect(bytesFrom(answer, 0)).toBe(resident * PAGE_SIZE);
  expect(resident).toBeGreaterThan(0);
  return answer;
}

const COUNTING = [root, capabilities.cc, capabilities.pageFlags];

describeWith(COUNTING, 'folios, counted', () => {
  for (const [kind, needs, huge] of [
    ['ext4', capabilities.ext4Loop, true],
    ['xfs', capabilities.xfsLoop, true],
    // Large folios only with CONFIG_BTRFS_EXPERIMENTAL.
    ['btrfs', capabilities.btrfsLoop, false],
  ] as const) {
    itWith(
      needs,
      `on ${kind} are single pages by willneed${huge ? ' and huge ones by populate' : ''}`,
      async () => {
        await using mount = await mountLoop(kind);
        const file = mount.file('model');
        await writeRandomFile(file, SIZE);
        const small = await countedAfter(file, 'willneed');
        expect(bytesFrom(small, 2 * PAGE_SIZE)).toBe(0);
        const large = await countedAfter(file, 'populate');
        if (huge) expect(bytesFrom(large, 2 * MIB)).toBeGreaterThan(bytesFrom(large, 0) / 2);
      },
    );
  }

  itWith(capabilities.overlayMount, 'on overlayfs are those of the file below', async () => {
    await using lower = await temporaryDirectory('lower');
    await writeRandomFile(lower.file('model'), SIZE);
    await using mount = await mountOverlay(lower.path);
    const small = await countedAfter(mount.file('model'), 'willneed');
    expect(bytesFrom(small, 2 * PAGE_SIZE)).toBe(0);
  });

  itWith(capabilities.tmpfsMount, 'on tmpfs are those that memory was taken in', async () => {
    await using mount = await mountTmpfs();
    await writeRandomFile(mount.file('model'), SIZE);
    const { resident } = await oracle(mount.file('model'));
    expect(bytesFrom(await layoutOf(mount.file('model')), 0)).toBe(resident * PAGE_SIZE);
  });

  describe('of a file', () => {
    let directory: TemporaryDirectory;
    let file: string;
    beforeAll(async () => {
      directory = await temporaryDirectory('folios');
      file = directory.file('model');
      await writeRandomFile(file, SIZE - 100);
    });
    afterAll(() => directory[Symbol.asyncDispose]());

    it('that is not cached are none, and stay none', async () => {
      await evict(file);
      expect(await layoutOf(file)).toMatchObject({ state: 'counted', folios: [], sampledShare: 1 });
      expect((await oracle(file)).resident).toBe(0);
    });

    it('are told of the share that was looked at', async () => {
      await fill(file, 'willneed');
      const layout = await layoutOf(file, 1);
      expect(layout).toMatchObject({ sampledShare: 1 / 4 });
      expect(bytesFrom(layout, 0)).toBeLessThanOrEqual(2 * MIB);
    });

    it('are what status --detail says', async () => {
      await fill(file, 'willneed');
      const document = json(await cli(['status', '--detail', '--json', file]));
      expect(document).toMatchObject({
        files: [{ dirtyPages: 0, folios: { state: 'counted', bySize: [{ folioBytes: PAGE_SIZE }] } }],
      });
      const { stdout, code } = await cli(['status', '--detail', file]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/PAGES +FOLIOS +TOLD BY +DIRTY +EVICTED LATELY\n.* 4 KiB 100 % {2,}kpageflags /);
      expect((await cli(['status', '--detail', '--total', file])).code).toBe(2);
    });

    it('are what the doctor goes by', async () => {
      const { answer } = await undisturbed(
        file,
        () => fill(file, 'willneed'),
        async () => diagnose(await resolveTargets([file])),
      );
      const reading = answer.findings.find(({ id }) => id === 'cached-folios');
      // Where large folios can't be had there is nothing to say of the cached ones.
      const possible = answer.findings.some(({ id, level }) => id === 'large-folios' && level === 'ok');
      if (possible) expect(reading).toMatchObject({ level: 'warning', remedy: expect.any(String) });
      else expect(reading).toBeUndefined();
    });

    it('that was replaced, or is gone, are unknown', async () => {
      const other = directory.file('other');
      writeFileSync(other, 'x');
      const { files } = await resolveTargets([other]);
      rmSync(other);
      expect(await folioLayout(files)).toMatchObject([
        { state: 'unknown', reason: { code: 'unreadable', failure: { code: 'ENOENT' } } },
      ]);
      expect(await folioLayout(files.map((found) => ({ ...found, path: file })))).toMatchObject([
        { state: 'unknown', reason: { code: 'replaced' } },
      ]);
    });
  });
});

it('refuses windows that make no sense, and ends when aborted', async () => {
  await using directory = await temporaryDirectory('folios');
  writeFileSync(directory.file('model'), 'x');
  const { files } = await resolveTargets([directory.path]);
  for (const windows of [0, -1, 1.5, 4097, Number.NaN]) {
    await expect(folioLayout(files, { windows })).rejects.toMatchObject({ code: 'WARMSET_BAD_ARGUMENT' });
  }
  await expect(folioLayout(files, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

const ASKING = `
  const set = await warmset.resolveTargets([args]);
  return (await warmset.folioLayout(set.files))[0];`;

describeWith(
  [root, capabilities.cc, capabilities.cachestat, capabilities.nobody, capabilities.seccomp],
  'folios, to those who may not look at the flags',
  () => {
    let directory: TemporaryDirectory;
    let file: string;
    beforeAll(async () => {
      directory = await temporaryDirectory('folios');
      file = directory.file('model');
      await writeRandomFile(file, 4 * SIZE);
    });
    afterAll(() => directory[Symbol.asyncDispose]());

    it('are an estimate for the owner: the engine that filled decides', async () => {
      await chown(file, NOBODY, NOBODY);
      await using owner = await libraryChild({ uid: NOBODY });
      await fill(file, 'willneed');
      expect(await owner.call(ASKING, file)).toMatchObject({
        state: 'estimated',
        source: 'cachestat-timing',
        verdict: 'small',
        method: expect.stringContaining('cachestat'),
      });
      await fill(file, 'populate');
      // A kernel without huge folios here gives whatever root counts.
      const counted = await layoutOf(file);
      const huge = counted.state === 'counted' && bytesFrom(counted, 2 * MIB) > bytesFrom(counted, 0) * 0.97;
      if (huge) expect(await owner.call(ASKING, file)).toMatchObject({ verdict: 'large' });
    });

    it('are unknown to a stranger, and without cachestat', async () => {
      await fill(file, 'willneed');
      await chown(file, 0, 0);
      await using stranger = await libraryChild({ uid: NOBODY });
      expect(await stranger.call(ASKING, file)).toMatchObject({
        state: 'unknown',
        reason: { code: 'not-permitted' },
      });
      await chown(file, NOBODY, NOBODY);
      await using blind = await libraryChild({ uid: NOBODY, deny: ['cachestat=ENOSYS'] });
      expect(await blind.call(ASKING, file)).toMatchObject({
        state: 'unknown',
        reason: { code: 'unsupported' },
      });
    });

    itWith(capabilities.overlayMount, 'are unknown on overlayfs', async () => {
      await chown(file, NOBODY, NOBODY);
      await using mount = await mountOverlay(directory.path);
      await fill(mount.file('model'), 'willneed');
      await using owner = await libraryChild({ uid: NOBODY });
      expect(await owner.call(ASKING, mount.file('model'))).toMatchObject({
        state: 'unknown',
        reason: { code: 'stacked', remedy: expect.any(String) },
      });
    });
  },
);
