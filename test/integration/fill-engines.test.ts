import { afterAll, beforeAll, expect, it } from 'vitest';
import { ENGINES, resolveTargets, type WarmSet, warm } from '../../lib/index.ts';
import { evict, makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, root } from '../support/capabilities.ts';
import { DISKLIKE, type Site, TMPFS } from '../support/filesystems.ts';
import { mulberry32 } from '../support/pattern.ts';
import { writeRandomFile } from '../support/temp.ts';
import { expectTruth, residentBytes } from '../support/truth.ts';

const MIB = 1 << 20;
const PAGES = (12 * MIB) / PAGE_SIZE;
// The last page is a part of one.
const SIZE = 12 * MIB - 100;
// What a filesystem reads besides the data: its own metadata.
const METADATA = 512 * 1024;

/** The first 2 MiB whole, of the next every other page, of the third some by chance, nothing of the rest. */
function halfResident(): number[] {
  const random = mulberry32(3);
  const window = (2 * MIB) / PAGE_SIZE;
  return Array.from({ length: PAGES }, (_, page) => page).filter((page) => {
    if (page < window) return true;
    if (page < 2 * window) return page % 2 === 0;
    return page < 3 * window && random() < 0.5;
  });
}

for (const filesystem of DISKLIKE) {
  describeWith([root, cc, filesystem.needs], `a fill on ${filesystem.name}`, () => {
    let site: Site;
    let set: WarmSet;
    let file = '';

    beforeAll(async () => {
      site = await filesystem.open((directory) => writeRandomFile(`${directory}/model`, SIZE));
      file = site.file('model');
      set = await resolveTargets([file]);
    });
    afterAll(() => site?.[Symbol.asyncDispose]());

    it.for(ENGINES)('by %s makes a cold file resident', async (engine) => {
      await evict(file);
      const before = site.bytesRead();
      const result = await warm(set, { engine });
      expect(result).toMatchObject({
        asked: SIZE,
        alreadyResident: 0,
        read: SIZE,
        residentNow: SIZE,
        lost: 0,
        lostTo: null,
        unverifiedFiles: 0,
        engine: { engine, why: 'asked for' },
        stopped: null,
        priorityFailure: null,
      });
      await expectTruth(result);
      expect((await oracle(file)).runs).toEqual([[0, PAGES]]);
      const bytes = site.bytesRead();
      if (bytes !== undefined) expect(bytes - (before ?? 0)).toBeGreaterThanOrEqual(SIZE);
    });

    it.for(ENGINES)('by %s reads only what is missing of a half-resident file', async (engine) => {
      const resident = halfResident();
      await makePagesResident(file, resident);
      const already = await residentBytes(file);
      const before = site.bytesRead();
      const result = await warm(set, { engine });
      const bytes = site.bytesRead();
      const missing = SIZE - already;
      expect(result).toMatchObject({
        asked: SIZE,
        alreadyResident: already,
        read: missing,
        residentNow: SIZE,
        lost: 0,
        stopped: null,
      });
      await expectTruth(result);
      if (bytes !== undefined) {
        expect(bytes - (before ?? 0)).toBeGreaterThanOrEqual(missing);
        expect(bytes - (before ?? 0)).toBeLessThan(missing + METADATA);
      }
    });

    it.for(ENGINES)('by %s reads nothing of a resident file', async (engine) => {
      await warm(set);
      const before = site.bytesRead();
      const result = await warm(set, { engine });
      expect(result).toMatchObject({
        asked: SIZE,
        alreadyResident: SIZE,
        read: 0,
        residentNow: SIZE,
        lost: 0,
      });
      expect(result.bytesPerSecond).toBeNull();
      expect(site.bytesRead()).toBe(before);
    });
  });
}

describeWith([root, cc, TMPFS.needs], 'a fill on tmpfs', () => {
  it.for(ENGINES)('by %s has nothing to read', async (engine) => {
    await using site = await TMPFS.open((directory) => writeRandomFile(`${directory}/model`, SIZE));
    const result = await warm(await resolveTargets([site.file('model')]), { engine });
    expect(result).toMatchObject({
      asked: SIZE,
      alreadyResident: SIZE,
      read: 0,
      residentNow: SIZE,
      lost: 0,
    });
    await expectTruth(result);
  });
});
