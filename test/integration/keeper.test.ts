import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeeper, type Keeper, type KeeperEvents, type KeeperOptions } from '../../lib/keeper/index.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith } from '../support/capabilities.ts';
import { owned } from '../support/owned.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const BYTES = 128 * PAGE_SIZE;

describeWith([cc], 'a keeper on the real page cache', () => {
  let directory: TemporaryDirectory;
  let model: (name: string) => string;
  beforeAll(async () => {
    directory = await temporaryDirectory('keeper');
    model = (name) => directory.file(name);
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  /** A file that is cold, in a directory of this test alone. */
  async function cold(name: string, seed = 1): Promise<string> {
    const file = model(name);
    await writeRandomFile(file, BYTES, seed);
    await evict(file);
    return file;
  }

  function keep(targets: readonly string[], over: Partial<KeeperOptions> = {}): Keeper {
    return owned(
      createKeeper({
        sets: [{ name: 'm', targets: [...targets] }],
        sweep: { interval: 100 },
        lock: { directory: directory.file('lock') },
        ...over,
      }),
    );
  }

  const residentOf = async (file: string): Promise<number> => (await oracle(file)).resident;

  it('fills what is cold, notices what is evicted, follows what is replaced and added', async () => {
    const [one, two] = [await cold('a.bin'), model('b.bin')];
    const keeper = keep([model('*.bin')]);
    const problems: KeeperEvents['problem'][0][] = [];
    keeper.on('problem', (problem) => problems.push(problem));
    await keeper.start();
    await expect.poll(() => residentOf(one), { timeout: 10_000 }).toBe(128);

    // Not at once behind the fill: that would be what a keeper has to back off from.
    await expect.poll(() => keeper.view().sweep?.sets[0]?.hitRatio, { timeout: 10_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await evict(one);
    await expect.poll(() => residentOf(one), { timeout: 10_000 }).toBe(128);
    await expect.poll(() => keeper.view().sweep?.sets[0]?.lostBytes, { timeout: 10_000 }).toBe(BYTES);

    await cold('fresh', 2);
    await rename(model('fresh'), one);
    await expect.poll(() => residentOf(one), { timeout: 10_000 }).toBe(128);
    await cold('b.bin', 3);
    await expect.poll(() => residentOf(two), { timeout: 10_000 }).toBe(128);
    await expect
      .poll(() => keeper.view().sweep?.sets[0]?.files.map(({ path }) => path), { timeout: 10_000 })
      .toEqual([one, two]);
    expect(problems).toEqual([]);
  });

  it('keeps a quota to the page', async () => {
    const file = await cold('quota.bin');
    const quota = 48 * PAGE_SIZE;
    const keeper = keep([file], { sets: [{ name: 'm', targets: [file], quota }] });
    const report = await keeper.sweep();
    expect(await residentOf(file)).toBe(48);
    expect(report?.held).toMatchObject({ code: 'budget' });
    await keeper.sweep();
    expect(await residentOf(file)).toBe(48);
  });

  it('saves what is resident, and the next one begins with that', async () => {
    const file = await cold('snap.bin');
    const snapshot = { path: directory.file('snapshot'), restoreAtStart: true };
    const quota = 32 * PAGE_SIZE;
    const sets = [{ name: 'm', targets: [file], quota }];
    const first = keep([file], { snapshot, sets });
    await first.sweep();
    await first.close();
    await evict(file);
    const second = keep([file], { snapshot, sets });
    const told: KeeperEvents['snapshot'][0][] = [];
    second.on('snapshot', (one) => told.push(one));
    await second.sweep();
    expect(told[0]).toMatchObject({ what: 'restored', recordedBytes: quota, readBytes: quota });
    expect(await residentOf(file)).toBe(32);
  });

  it('two keepers, one lock: the second takes over when the first is closed', async () => {
    const file = await cold('two.bin');
    const [first, second] = [keep([file]), keep([file])];
    await first.start();
    await second.start();
    expect(second.view().health.reasons[0]).toContain('another keeper');
    await expect.poll(() => residentOf(file), { timeout: 10_000 }).toBe(128);
    expect(second.view().sweep).toBeNull();
    await first.close();
    await expect.poll(() => second.view().sweep?.sets[0]?.hitRatio, { timeout: 10_000 }).toBe(1);
  });

  it('probes and leaves the cache as it was', async () => {
    const file = await cold('probe.bin');
    const quota = 16 * PAGE_SIZE;
    const sets = [{ name: 'm', targets: [file], quota }];
    const keeper = keep([file], { sets, probe: { interval: 200, files: 4 } });
    const kinds = new Set<string>();
    keeper.on('probe', ({ kind }) => kinds.add(kind));
    await keeper.start();
    await expect.poll(() => kinds.size, { timeout: 15_000 }).toBe(3);
    await keeper.close();
    expect(await residentOf(file)).toBe(16);
  });
});

describe('await using', () => {
  it('ends the keeper with its scope', async () => {
    await using directory = await temporaryDirectory('scope');
    let outside: Keeper | undefined;
    {
      await using keeper = createKeeper({
        sets: [{ name: 'm', targets: [directory.path] }],
        lock: { directory: directory.file('lock') },
      });
      await keeper.start();
      outside = keeper;
    }
    expect(outside.state).toMatchObject({ name: 'stopped', why: 'closed' });
  });
});
